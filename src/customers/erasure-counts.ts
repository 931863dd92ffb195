/** How much was erased, or would be. */
export interface ErasureCounts {
  conversations: number;
  messages: number;
  drafts: number;
  /** Lines of the audit record whose detail or actor was erased; the lines themselves stay. */
  auditEvents: number;
  deliveries: number;
}

export const nothingErased: ErasureCounts = { conversations: 0, messages: 0, drafts: 0, auditEvents: 0, deliveries: 0 };
