/**
 * Every column of the schema, by what it can hold. A column that a migration adds has to be classified here, which is
 * when its author decides how an erasure treats it. docs/where-data-is.md is written from this.
 */

/**
 * How an erasure treats the rows of a table: `deleted` by a statement of the erasure, `cascaded` with the conversation (by
 * a foreign key or a trigger), `replaced` in the row, which stays, or `kept`.
 */
export type Erasure = 'deleted' | 'cascaded' | 'replaced' | 'kept';

export interface TableData {
  erasure: Erasure;
  /** What the page says of it. */
  how: string;
  /** Columns that can hold a customer's words, id or address, and what of it. */
  personal: Record<string, string>;
  /** Columns that can hold words of the host or of operators, and none of a customer unless they write them there. */
  operator?: Record<string, string>;
  /** Cairnloop's own ids, numbers, times and enums. */
  none: string;
}

const gone = 'The row is deleted.';
const never = 'Nothing of a customer is in it.';

export const dataColumns: Record<string, TableData> = {
  conversations: {
    erasure: 'deleted',
    how: gone,
    personal: {
      actor_id: "the host's id of the customer",
      host_user_id: 'a second id of the host',
      subject: 'text',
      priority: 'a word of the host',
      tags: 'words of host and operators',
      metadata: 'a map of the host',
      customer: 'name and address of the customer',
      dedupe_key: 'a hash of the id and a key',
      csat_rating: 'the rating',
      resolved_by: 'who resolved, which may be the customer',
    },
    operator: { assignee: 'id and name' },
    none: 'id status created_at updated_at last_message_at unanswered_since overdue_since resolved_at resolutions customer_read_at customer_read_id snoozed_until',
  },
  messages: {
    erasure: 'deleted',
    how: gone,
    personal: {
      content: 'text of the customer, of operators, of automation',
      author: 'id and name',
      metadata: 'a map of the host; why a message could not be sent',
      dedupe_key: "the host's key, or a hash of it",
    },
    none: 'id conversation_id role status sent_at created_at',
  },
  conversation_texts: {
    erasure: 'cascaded',
    how: 'A trigger deletes the row with its conversation.',
    personal: { text: 'subject, id and tags, for the search' },
    none: 'conversation_id',
  },
  conversation_tags: {
    erasure: 'cascaded',
    how: 'The row goes with its conversation.',
    personal: { tag: 'a word of host or operators' },
    none: 'updated_at message_at status conversation_id',
  },
  pending_actions: {
    erasure: 'cascaded',
    how: 'The row goes with its conversation.',
    personal: { content: 'a reply that waits to be sent', dedupe_key: 'a hash of the reply' },
    operator: { actor: 'id and name', held: 'why it was held' },
    none: 'id conversation_id kind then_resolve draft_id last_seen attempts due_at created_at',
  },
  drafts: {
    erasure: 'deleted',
    how: gone,
    personal: {
      content: 'what is proposed, or what was sent',
      proposed_content: 'what was proposed, where it was edited',
      summary: 'text of the draft generator',
      evidence: 'quotes',
      reason: 'why it was discarded',
      input_digest: 'a hash of the proposal and the context',
    },
    operator: { settled_by: 'id and name' },
    none: 'id conversation_id type risk_tier decision decision_outcome decision_ms status based_on_message_id request_message_id message_id decided_at settled_at created_at',
  },
  slas: {
    erasure: 'deleted',
    how: gone,
    personal: { priority: 'a word of the host' },
    operator: { calendar: 'business hours' },
    none: 'id conversation_id status response_minutes breach_minutes started_at response_due_at breach_at paused_at completed_at ended_by',
  },
  deliveries: {
    erasure: 'deleted',
    how: 'The row is deleted. One of the topic `customer_erased` is written by the erasure, and holds the id and the reason until its call has succeeded or is discarded by hand.',
    personal: {
      payload: 'who resolved, and the metadata of `resolve`; of `customer_erased` the id',
      last_error: 'what the callback threw or returned',
      dedupe_key: 'ids of rows',
    },
    none: 'id conversation_id available_at created_at attempts claims leases_lost state topic lease_until settled_at subject_id by_hand traceparent',
  },
  delivery_outcomes: {
    erasure: 'deleted',
    how: 'The row is deleted with its delivery, and once more after all settlements that were under way.',
    personal: { error: 'what the callback threw or returned' },
    none: 'delivery_id claims attempts kind delay_ms seconds reached_at',
  },
  bulk_envelopes: {
    erasure: 'deleted',
    how: 'The row is deleted with the message of its last recipient: until then the text is what the others were sent too. Of a refused bulk send no text is stored.',
    personal: { content: 'the text that every recipient was sent', template_id: 'a name of the host' },
    operator: { actor: 'id and name', refusal: "Cairnloop's words" },
    none: 'id requested accepted created_at',
  },
  audit_events: {
    erasure: 'replaced',
    how: '`detail` becomes `{"erased": true}` on the lines of the conversations and of their bulk sends, and `actor` becomes `{"id": "erased"}` where it was the customer. The salts are deleted; the commitments stay, so that the chain still verifies. Who else acted, when and on what stays.',
    personal: {
      actor: 'who acted: id and name',
      detail: 'before and after of a change, reasons',
      actor_commitment: 'a salted hash of the actor',
      detail_commitment: 'a salted hash of the detail',
      hash: 'a hash of the line, of lines of 0.1 with their text',
    },
    none: 'id at action conversation_id subject_id seq format actor_salt detail_salt actor_erased_by detail_erased_by key_id mac',
  },
  audit_receipts: {
    erasure: 'replaced',
    how: 'The receipt of a line that is erased before it is sealed is written anew.',
    personal: { digest: 'a hash of a line that is not sealed yet' },
    none: 'event_id',
  },
  portal_writes: {
    erasure: 'deleted',
    how: gone,
    personal: { customer: "a hash of the customer's id", keys: 'hashes of `Idempotency-Key` headers' },
    none: 'times last_at',
  },
  erasures: {
    erasure: 'deleted',
    how: 'The row of an erasure that is under way; it is deleted with the end of the erasure.',
    personal: { actor_id: 'the id of the customer' },
    operator: { actor: 'who erases', reason: 'why' },
    none: 'id started_at conversations messages drafts audit_events deliveries',
  },
  conversation_shapes: {
    erasure: 'kept',
    how: "What `retention.keep: 'shape'` leaves of a conversation that it removed: counts and times, with no way back to the customer.",
    personal: {},
    none: 'conversation_id opened_at first_reply_at resolved_at removed_at resolutions customer_messages operator_messages automation_messages outbound_messages notes drafts slas_fulfilled slas_breached csat_rating changed_at asked_at answered_at clocks drafts_made',
  },
  sla_policies: {
    erasure: 'kept',
    how: never,
    personal: {},
    operator: { priority: 'a word of the host', calendar: 'business hours' },
    none: 'response_minutes breach_minutes updated_at',
  },
  audit_anchor: {
    erasure: 'kept',
    how: never,
    personal: {},
    operator: { last_error: 'what `onAuditAnchor` threw or returned' },
    none: 'single_row id due_at claimed_until attempts handed_at handed_seq handed_hash',
  },
  audit_chain_end: {
    erasure: 'kept',
    how: never,
    personal: {},
    none: 'single_row seq hash key_id mac',
  },
  announced_modules: { erasure: 'kept', how: never, personal: {}, none: 'single modules announced_at' },
  migrations: { erasure: 'kept', how: never, personal: {}, none: 'name applied_at works_with_code_of' },
  worker_heartbeats: {
    erasure: 'kept',
    how: never,
    personal: {},
    operator: { host: 'the name of a machine' },
    none: 'worker_id pid version state concurrency started_at beat_at modules',
  },
  workspace_secret: { erasure: 'kept', how: never, personal: {}, none: 'single secret' },
  agenda_jobs: {
    erasure: 'kept',
    how: 'Wake-ups: a job carries no data, in Postgres as in MongoDB.',
    personal: {},
    none: 'id name priority next_run_at type locked_at last_finished_at failed_at fail_count fail_reason repeat_timezone last_run_at repeat_interval data repeat_at disabled progress fork last_modified_by debounce_started_at start_date end_date skip_days created_at updated_at',
  },
};

/** The table of the page, and what is not in it. */
export function renderDataColumns(): string {
  const rows = Object.entries(dataColumns).flatMap(([table, { personal, operator = {}, how }]) => [
    ...Object.entries(personal).map(([column, what]) => `| \`${table}.${column}\` | personal | ${what} |`),
    ...Object.entries(operator).map(([column, what]) => `| \`${table}.${column}\` | operator | ${what} |`),
    ...(Object.keys(personal).length + Object.keys(operator).length > 0 || how !== never
      ? [`| **${table}** | | ${how} |`]
      : []),
  ]);
  const without = Object.entries(dataColumns)
    .filter(([, { personal, operator = {} }]) => Object.keys(personal).length + Object.keys(operator).length === 0)
    .map(([table]) => `\`${table}\``);
  return [
    '| column | holds | what, and how an erasure treats the table |',
    '|---|---|---|',
    ...rows,
    '',
    `No text of anybody is in ${without.join(', ')}.`,
  ].join('\n');
}
