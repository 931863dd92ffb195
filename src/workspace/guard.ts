import { createHmac, timingSafeEqual } from 'node:crypto';
import { statement } from '../db/statement.js';
import type { Runtime } from '../runtime.js';

/**
 * Whether a request that changes something comes from a page of this site. Browsers say so themselves in
 * `Sec-Fetch-Site`; on plain http they do not, and `Origin` must name the host that was asked. Neither: refused.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  return origin !== null && URL.canParse(origin) && new URL(origin).host === hostOf(request);
}

/** Whether the request's `Host` is one that the workspace answers to. Keeps a page whose name was rebound to us out. */
export function isKnownHost(request: Request, hosts: readonly string[] | undefined): boolean {
  if (!hosts) return true;
  const host = hostOf(request);
  return hosts.includes(host) || hosts.includes(host.replace(/:\d+$/, ''));
}

function hostOf(request: Request): string {
  return request.headers.get('host')?.toLowerCase() ?? new URL(request.url).host;
}

/** Signs the forms of an operator, so that a page of another site, or of another operator, holds none that would do. */
export interface FormTokens {
  issue(operatorId: string): string;
  accepts(operatorId: string, token: unknown): boolean;
}

/** Tokens by the secret that all processes on this schema share. One holds for the day it was issued on, and the next. */
export async function loadFormTokens(runtime: Pick<Runtime, 'db'>, now: () => number = Date.now): Promise<FormTokens> {
  const [row] = await runtime.db.run<{ secret: string }>(selectSecret);
  if (!row) throw new Error('workspace_secret holds no row');
  const issue = (operatorId: string, day: number) =>
    createHmac('sha256', row.secret).update(`form:${day}:${operatorId}`).digest('base64url');
  const today = () => Math.floor(now() / dayMs);
  return {
    issue: (operatorId) => issue(operatorId, today()),
    accepts: (operatorId, token) =>
      typeof token === 'string' && [today(), today() - 1].some((day) => isSame(issue(operatorId, day), token)),
  };
}

/** A day of UTC, which every process means when it says today. */
const dayMs = 24 * 3600 * 1000;

function isSame(expected: string, found: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(found)];
  return one.length === other.length && timingSafeEqual(one, other);
}

const selectSecret = statement('workspace.secret', (s) => `SELECT secret FROM ${s}.workspace_secret`);
