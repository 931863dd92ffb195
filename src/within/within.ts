import type { Calls, Within } from '../contracts/cairnloop.js';
import { withDeferredFollowUps } from '../events/announce.js';
import { CairnloopError } from '../foundation/errors.js';
import { wrapPublicCalls } from '../instance/public-calls.js';
import type { Runtime } from '../runtime.js';
import { createCommitListener } from './commits.js';
import { requireExecutor, type TransactionExecutor } from './executor.js';
import { toHostTransactionError } from './failure.js';
import { type HostTransaction, openHostTransaction } from './host-transaction.js';

type AsyncCall = (...given: never[]) => Promise<unknown>;

/** The groups of calls that can run in a transaction of the host's. */
const withinGroups = [
  'conversations',
  'drafts',
  'outbound',
  'sla',
  'audit',
] as const satisfies readonly (keyof Within)[];
type WithinGroup = (typeof withinGroups)[number];

/** Calls that are refused in a transaction, because a ROLLBACK would not undo their work, with the reason. */
const refused: Record<string, string> = {
  'sla.setPolicy': 'the slaPolicyProvider stores the terms by itself, and a ROLLBACK would not take them back',
};

export interface HostTransactionCallsOptions {
  runtime: Runtime;
  /** Creates the functions of the public API over the given services. */
  createPublicCalls: (runtime: Runtime) => Calls;
  /** May refuse a call before it is made. */
  admit: () => Promise<unknown>;
}

/** Makes the function `within`, which returns the public calls for an open transaction of the host's. */
export function createHostTransactionCalls({ runtime, createPublicCalls, admit }: HostTransactionCallsOptions): {
  within(executor: TransactionExecutor): Within;
  close(): Promise<void>;
} {
  const commits = createCommitListener(runtime);
  const explain = (error: unknown) => toHostTransactionError(error, runtime.db);
  const calls = createPublicCalls(runtime);
  return {
    within(executor) {
      const transaction = openHostTransaction(requireExecutor(executor), runtime.db, commits);
      const groups = withinGroups.map((group) => [
        group,
        Object.fromEntries(
          callsIn(calls, group).map(([name, call]) => [name, inTransaction(transaction, group, name, call)]),
        ),
      ]);
      return wrapPublicCalls(Object.fromEntries(groups) as Within, explain, admit);
    },
    close: commits.close,
  };

  function inTransaction(transaction: HostTransaction, group: WithinGroup, name: string, call: AsyncCall): AsyncCall {
    const operation = `${group}.${name}`;
    const run = (...given: never[]) => {
      const because = refused[operation];
      if (because) throw new CairnloopError('TRANSACTION_UNSUITABLE', { operation, because });
      return transaction.call(async (db, held) =>
        Object.fromEntries(callsIn(createPublicCalls(withDeferredFollowUps(runtime, db, held)), group))[name]?.(
          ...given,
        ),
      );
    };
    // `wrapPublicCalls` reads from a function's `length` how many arguments the call takes.
    return Object.defineProperty(run, 'length', { value: call.length });
  }
}

function callsIn(calls: Calls, group: WithinGroup): [name: string, call: AsyncCall][] {
  return Object.entries(calls[group]);
}
