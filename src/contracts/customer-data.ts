/** The types that `customers.export` and `customers.erase` return. */

/** How many records of a customer were erased, or would be. */
export interface ErasureCounts {
  conversations: number;
  messages: number;
  drafts: number;
  /** Audit events whose detail or actor was erased; the events themselves stay. */
  auditEvents: number;
  deliveries: number;
}

/** An erased customer, as passed to `Notifier.onCustomerErased`. */
export interface ErasedCustomer extends ErasureCounts {
  actorId: string;
  erasedAt: Date;
  /** The reason that the caller of `customers.erase` gave, with the customer's id replaced by `[erased]`. */
  reason: string;
}

/** A database row, with its columns in camel case and its times as ISO-8601 text. */
export type ExportedRow = Readonly<Record<string, unknown>>;

/** A conversation with every stored row that belongs to it. */
export interface ExportedConversation extends ExportedRow {
  readonly messages: readonly ExportedRow[];
  readonly drafts: readonly ExportedRow[];
  /** Operator actions that can still be undone. */
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
  /** The audit events of the exported conversations, and of conversations of the customer that were deleted. */
  readonly audit: readonly ExportedRow[];
  /** Times at which the customer wrote through the portal within the last hour, as its rate limit counts them. */
  readonly portalWrites: readonly ExportedRow[];
  /** Erasures of this customer that were interrupted. */
  readonly erasures: readonly ExportedRow[];
  /** Calls of `onCustomerErased` about this customer that have not succeeded. */
  readonly erasedCallbacks: readonly ExportedRow[];
}
