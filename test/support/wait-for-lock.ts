import assert from 'node:assert/strict';
import pg from 'pg';
import type { TestDatabase } from './database.js';
import { eventually } from './eventually.js';

interface Arena {
  database: TestDatabase;
}

/** Holds the conversation's row while `work` is done. */
export async function holding({ database }: Arena, id: string, work: () => Promise<unknown>): Promise<void> {
  const holder = new pg.Client(database.url);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM cairnloop.conversations WHERE id = $1 FOR UPDATE', [id]);
  await work();
  await holder.query('COMMIT');
  await holder.end();
}

/** Holds the conversation's row until all of `acts` wait for it, which they then get in that order. */
export async function inLine(arena: Arena, id: string, ...acts: (() => Promise<unknown>)[]): Promise<void> {
  const running: Promise<unknown>[] = [];
  await holding(arena, id, async () => {
    for (const act of acts) {
      running.push(act());
      await eventually(async () => assert.equal(await waiting(arena.database), running.length));
    }
  });
  await Promise.all(running);
}

export const waiting = async (database: TestDatabase) =>
  (
    await database.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
  ).rowCount;
