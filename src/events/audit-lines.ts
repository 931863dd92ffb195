/** A line of the audit record, as SQL expressions over the columns of `from`, usually the CTE that made the change. */
export type AuditLine = {
  /** A FROM clause; one audit line is written for each of its rows. */
  from: string;
  at: string;
  /** Who made the change, a jsonb value; {@link systemActorSql} for Cairnloop itself. */
  actor: string;
  /** The id of the conversation. Default `conversation_id`; `NULL` for an audit line about no conversation. */
  conversationId?: string;
  /** The id of what the audit line is about, such as a message. Default `NULL`. */
  subjectId?: string;
  /** Further data of the audit line, a jsonb value. Default `'{}'`. */
  detail?: string;
} & (
  | { action: string }
  /** The audit action as an SQL expression, for an action that depends on the row. */
  | { actionSql: string }
);

/** The INSERT of lines into the audit record, for use in a CTE: a change and its audit line commit together. */
export function insertAuditLinesSql(s: string, ...lines: readonly AuditLine[]): string {
  return `
      INSERT INTO ${s}.audit_events (at, actor, action, conversation_id, subject_id, detail)
      ${lines.map(select).join('\n      UNION ALL\n      ')}`;
}

/** Casts every column, because the types of a UNION come from its first SELECT. */
function select(line: AuditLine): string {
  const { from, at, actor, conversationId = 'conversation_id', subjectId = 'NULL', detail = "'{}'" } = line;
  const action = 'action' in line ? `'${line.action}'` : line.actionSql;
  return `SELECT ${at}, (${actor})::jsonb, ${action}, (${conversationId})::uuid, (${subjectId})::uuid, (${detail})::jsonb
      FROM ${from}`;
}

/** The actor of changes that Cairnloop makes itself, as a jsonb literal in SQL. */
export function systemActorSql(name: string): string {
  return `'{"id": "system:${name}"}'`;
}
