import { createHmac, timingSafeEqual } from 'node:crypto';
import { declareStatement, type NoStatementParams } from '../db/statement.js';
import type { Runtime } from '../runtime.js';

/** Issues CSRF tokens for a signed-in person, and checks them. */
export interface CsrfTokens {
  issue(personId: string): string;
  accepts(personId: string, token: unknown): boolean;
}

export interface CsrfTokenOptions {
  /** What the tokens are for; a token of another purpose is refused. Default `form`. */
  purpose?: string;
  now?: () => number;
}

/**
 * Makes CSRF tokens that are signed with the schema's secret, which all processes share. A token is valid on its day of
 * issue and the next.
 */
export async function loadCsrfTokens(
  runtime: Pick<Runtime, 'db'>,
  { purpose = 'form', now = Date.now }: CsrfTokenOptions = {},
): Promise<CsrfTokens> {
  const [row] = await runtime.db.run(selectSecret);
  if (!row) throw new Error('The table workspace_secret is empty. Restore its row from a backup of the schema.');
  const issue = (personId: string, day: number) =>
    createHmac('sha256', row.secret).update(`${purpose}:${day}:${personId}`).digest('base64url');
  const today = () => Math.floor(now() / dayMs);
  return {
    issue: (personId) => issue(personId, today()),
    accepts: (personId, token) =>
      typeof token === 'string' && [today(), today() - 1].some((day) => isSame(issue(personId, day), token)),
  };
}

/** The length of a day, in milliseconds. Days are UTC days, so that all processes agree. */
const dayMs = 24 * 3600 * 1000;

function isSame(expected: string, found: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(found)];
  return one.length === other.length && timingSafeEqual(one, other);
}

const selectSecret = declareStatement<NoStatementParams, { secret: string }>(
  'workspace.secret',
  (s) => `SELECT secret FROM ${s}.workspace_secret`,
);
