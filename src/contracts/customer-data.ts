/** What `customers.export` and `customers.erase` return. */

/** How much of a customer was erased, or would be. */
export interface ErasureCounts {
  conversations: number;
  messages: number;
  drafts: number;
  /** Lines of the audit record whose detail or actor was erased; the lines themselves stay. */
  auditEvents: number;
  deliveries: number;
}

/** An erased customer, as passed to `Notifier.onCustomerErased`. */
export interface ErasedCustomer extends ErasureCounts {
  actorId: string;
  erasedAt: Date;
  /** What the caller of `customers.erase` gave, with the customer's id replaced by `[erased]`. */
  reason: string;
}

/** A row as it is stored, its columns in camel case and its times as ISO-8601 text. */
export type ExportedRow = Readonly<Record<string, unknown>>;

/** A conversation with all that belongs to it. */
export interface ExportedConversation extends ExportedRow {
  readonly messages: readonly ExportedRow[];
  readonly drafts: readonly ExportedRow[];
  /** Actions of operators that can still be taken back. */
  readonly pendingActions: readonly ExportedRow[];
  readonly slas: readonly ExportedRow[];
  readonly deliveries: readonly ExportedRow[];
}

/** Everything that is stored about one customer, as JSON; docs/customers.md says what each key holds. */
export interface CustomerExport {
  readonly format: 'cairnloop.customer';
  readonly version: 1;
  readonly exportedAt: string;
  readonly actorId: string;
  readonly conversations: readonly ExportedConversation[];
  /** The lines of the audit record about these conversations, and those of conversations that are deleted. */
  readonly audit: readonly ExportedRow[];
  /** When the customer wrote through the portal within the last hour, which its rate limit counts. */
  readonly portalWrites: readonly ExportedRow[];
  /** An erasure of this customer that was interrupted. */
  readonly erasures: readonly ExportedRow[];
  /** Calls of `onCustomerErased` about this customer that have not succeeded. */
  readonly erasedCallbacks: readonly ExportedRow[];
}
