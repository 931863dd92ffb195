/** A line of the audit record, as SQL expressions over the columns of `from`, usually the CTE that made the change. */
export type AuditLine = {
  /** A FROM clause; one audit line is written for each of its rows. */
  from: string;
  at: string;
  /** A jsonb value; {@link systemActor} for Cairnloop itself. */
  actor: string;
  /** Default `conversation_id`; `NULL` for a line about no conversation. */
  conversationId?: string;
  /** Default `NULL`. */
  subjectId?: string;
  /** A jsonb value. Default `'{}'`. */
  detail?: string;
} & (
  | { action: string }
  /** The action as SQL, where it depends on the row. */
  | { actionSql: string }
);

/** The INSERT of lines into the audit record, for use in a CTE: a change and its audit line commit together. */
export function auditLines(s: string, ...lines: readonly AuditLine[]): string {
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

/** The actor of changes that Cairnloop makes itself. */
export function systemActor(name: string): string {
  return `'{"id": "system:${name}"}'`;
}
