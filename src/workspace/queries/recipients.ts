import { statement } from '../../db/statement.js';
import type { Runtime } from '../../runtime.js';
import { isId } from '../../validation/input.js';
import type { Recipient } from '../views/bulk.js';
import { customerColumn } from './rows.js';

/** Who is behind the ids that an operator ticked, in that order; an unknown id is a recipient without a name. */
export async function findRecipients(runtime: Runtime, ids: readonly string[]): Promise<Recipient[]> {
  const rows = await runtime.db.run<Recipient>(selectRecipients, [ids.filter(isId)]);
  const known = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => known.get(id) ?? { id, customer: null, subject: null });
}

const selectRecipients = statement(
  'workspace.recipients',
  (s) => `
    SELECT c.id, ${customerColumn} AS customer, left(c.subject, 300) AS subject
    FROM ${s}.conversations c WHERE c.id = ANY ($1::uuid[])`,
);
