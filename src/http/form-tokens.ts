import { createHmac, timingSafeEqual } from 'node:crypto';
import { statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';

/** Signs forms for one person, so that a page of another site, or of another person, has none that is accepted. */
export interface FormTokens {
  issue(personId: string): string;
  accepts(personId: string, token: unknown): boolean;
}

export interface FormTokenOptions {
  /** What the tokens are for: a token of one purpose is refused for another. Default `form`, the workspace. */
  purpose?: string;
  now?: () => number;
}

/** Tokens by the secret that all processes on this schema share. A token is valid on the day of its issue and the next. */
export async function loadFormTokens(
  runtime: Pick<Runtime, 'db'>,
  { purpose = 'form', now = Date.now }: FormTokenOptions = {},
): Promise<FormTokens> {
  const [row] = await runtime.db.run<{ secret: string }>(selectSecret);
  if (!row) throw new Error('workspace_secret holds no row');
  const issue = (personId: string, day: number) =>
    createHmac('sha256', row.secret).update(`${purpose}:${day}:${personId}`).digest('base64url');
  const today = () => Math.floor(now() / dayMs);
  return {
    issue: (personId) => issue(personId, today()),
    accepts: (personId, token) =>
      typeof token === 'string' && [today(), today() - 1].some((day) => isSame(issue(personId, day), token)),
  };
}

/** A day of UTC, so that every process agrees which day it is. */
const dayMs = 24 * 3600 * 1000;

function isSame(expected: string, found: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(found)];
  return one.length === other.length && timingSafeEqual(one, other);
}

const selectSecret = statement('workspace.secret', (s) => `SELECT secret FROM ${s}.workspace_secret`);
