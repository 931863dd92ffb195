import assert from 'node:assert/strict';
import pg from 'pg';
import type { TestDatabase } from './database.js';
import { eventually } from './eventually.js';

/** Holds the conversation until all of `acts` wait for it, which they then get in that order. */
export async function inLine(
  { database }: { database: TestDatabase },
  id: string,
  ...acts: (() => Promise<unknown>)[]
): Promise<void> {
  const holder = new pg.Client(database.url);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM cairnloop.conversations WHERE id = $1 FOR UPDATE', [id]);
  const running: Promise<unknown>[] = [];
  for (const act of acts) {
    running.push(act());
    await eventually(async () => assert.equal(await waiting(database), running.length));
  }
  await holder.query('COMMIT');
  await holder.end();
  await Promise.all(running);
}

const waiting = async (database: TestDatabase) =>
  (
    await database.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
  ).rowCount;
