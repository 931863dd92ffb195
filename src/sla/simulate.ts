import type { SlaPolicy } from '../contracts/sla-policy-provider.js';
import type { Database } from '../db/connect.js';
import { readDatabaseTime } from '../db/database-time.js';
import { runInSnapshot } from '../db/snapshot.js';
import { toDate } from '../db/timestamp.js';
import { type ConversationSlaClockHistory, historyPages } from './history.js';
import { emptySlaClockOutcomeCounts, type SlaClockOutcomeCounts, toSlaClockOutcome } from './outcome.js';
import { replaySlaClocks } from './replay-clocks.js';
import { toSlaClockOfRow } from './rows.js';

export interface SlaSimulationInput {
  /** The proposed terms. */
  policies: readonly SlaPolicy[];
  /** Clocks that started before this time are not counted. */
  since: Date;
}

/** How the clocks of one priority ended, and how they would have ended under the proposed terms. */
export interface SimulatedPriority {
  priority: string;
  actual: SlaClockOutcomeCounts;
  proposed: SlaClockOutcomeCounts;
}

export interface SlaSimulation {
  since: Date;
  until: Date;
  /** Number of conversations that changed after `since`; deleted ones are not included. */
  conversations: number;
  priorities: SimulatedPriority[];
}

/** Replays past conversations under proposed terms. Reads page by page and writes nothing. */
export function simulateSla(db: Database, { policies, since }: SlaSimulationInput): Promise<SlaSimulation> {
  return runInSnapshot(db, async (tx) => {
    const until = await readDatabaseTime(tx);
    const byPriority = new Map<string, SimulatedPriority>();
    let conversations = 0;
    for await (const page of historyPages(tx, since)) {
      for (const history of page) {
        conversations += 1;
        tally((priority) => entryFor(byPriority, priority), history, { policies, since, until });
      }
    }
    const priorities = [...byPriority.values()].sort((a, b) => a.priority.localeCompare(b.priority));
    return { since, until, conversations, priorities };
  });
}

function entryFor(byPriority: Map<string, SimulatedPriority>, priority: string): SimulatedPriority {
  const entry = byPriority.get(priority) ?? {
    priority,
    actual: emptySlaClockOutcomeCounts(),
    proposed: emptySlaClockOutcomeCounts(),
  };
  byPriority.set(priority, entry);
  return entry;
}

function tally(
  entryOf: (priority: string) => SimulatedPriority,
  history: ConversationSlaClockHistory,
  { policies, since, until }: SlaSimulationInput & { until: Date },
) {
  const actual = history.clocks.map((row) => ({
    ...toSlaClockOfRow(row),
    priority: row.priority,
    endedBy: row.ended_by,
    completedAt: toDate(row.completed_at),
  }));
  const proposed = replaySlaClocks(history.events, { priority: history.priority, policies, until });
  entryOf(history.priority);
  for (const clock of actual)
    if (clock.startedAt >= since) entryOf(clock.priority).actual[toSlaClockOutcome(clock)] += 1;
  for (const clock of proposed)
    if (clock.startedAt >= since) entryOf(clock.priority).proposed[toSlaClockOutcome(clock)] += 1;
}
