import { type Database, toParameterValues } from '../db/connect.js';
import { declareStatement, type NoStatementParams, type Statement, type StatementArguments } from '../db/statement.js';
import type { DeferredFollowUps } from '../events/announce.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import type { CommitListener } from './commits.js';
import { queryHostExecutor, type TransactionExecutor } from './executor.js';
import { decodeHexRows, decodeHexValue, jsonAsHexSql, toParameterText, toPortableStatement } from './portable.js';
import { type SessionSettings, sessionSettingsSql, sessionSettingsToChange, withSessionSettings } from './settings.js';

/**
 * The last call on each transaction. The next call waits for it, because overlapping savepoints would undo each other's
 * work.
 */
const queues = new WeakMap<object, Promise<unknown>>();

/** Runs calls in the host's open transaction, each in a savepoint of its own. */
export interface HostTransaction {
  call<T>(work: (db: Database, held: DeferredFollowUps) => Promise<T>): Promise<T>;
}

export function openHostTransaction(
  executor: TransactionExecutor,
  own: Database,
  commits: CommitListener,
): HostTransaction {
  const { transaction } = executor;
  const key = Object(transaction) === transaction ? (transaction as object) : executor;
  return {
    call(work) {
      const turn = (queues.get(key) ?? Promise.resolve()).then(async () => {
        await commits.listening();
        return inSavepoint(executor, own, commits, work);
      });
      queues.set(
        key,
        turn.catch(() => {}),
      );
      return turn;
    },
  };
}

const savepoint = 'cairnloop_call';

/**
 * Runs a call in a savepoint, so that a call which is refused leaves the transaction usable. What the call wrote before
 * it was refused is kept, just as it is for a call without `within`. After a failed statement or transaction of the
 * call, nothing is kept.
 */
async function inSavepoint<T>(
  executor: TransactionExecutor,
  own: Database,
  commits: CommitListener,
  work: (db: Database, held: DeferredFollowUps) => Promise<T>,
): Promise<T> {
  const send = (text: string, values: unknown[] = []) => queryHostExecutor(executor, text, values);
  await send(`SAVEPOINT ${savepoint}`);
  const state: CallState = { undo: false, failure: undefined };
  const held: DeferredFollowUps = [];
  let token: string | undefined;
  try {
    const settings = await lookAround(executor, own);
    const result = await work(databaseOn(executor, own, settings, state), held);
    if (held.length > 0) {
      token = commits.hold(held);
      await send(notify, [commits.channel, token]);
    }
    await send(`RELEASE SAVEPOINT ${savepoint}`);
    return result;
  } catch (error) {
    if (token !== undefined) commits.drop(token);
    const keep = isCairnloopError(error) && !state.undo && state.failure === undefined;
    await (keep ? Promise.resolve() : send(`ROLLBACK TO SAVEPOINT ${savepoint}`)).catch(() => {});
    await send(`RELEASE SAVEPOINT ${savepoint}`).catch(() => {});
    throw isCairnloopError(error) ? error : (state.failure ?? error);
  }
}

interface CallState {
  /** Set when a transaction inside the call has failed: the call then rolls back to its savepoint. */
  undo: boolean;
  /** The error of the first statement that failed. Later errors only say that the transaction is aborted. */
  failure: unknown;
}

const notify = `SELECT ${jsonAsHexSql("coalesce(pg_catalog.pg_notify($1::pg_catalog.text, $2::pg_catalog.text)::pg_catalog.text, '')")} AS rows`;

/** Refuses a transaction on another server or database, and reads the settings of its session. */
async function lookAround(executor: TransactionExecutor, own: Database): Promise<SessionSettings> {
  const { place, settings } = decodeHexValue<{ place: string; settings: SessionSettings }>(
    await queryHostExecutor(executor, lookText, []),
  );
  if (place !== (await placeOf(own)) && place !== (await placeOf(own, { again: true })))
    throw new CairnloopError('TRANSACTION_ELSEWHERE', { schema: own.schema });
  return settings;
}

/**
 * SQL that identifies a database by the start time of its server and its oid, which no two databases share. All names
 * are qualified, because the host's search path is not known yet.
 */
const place = `pg_catalog.concat(
  pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.pg_postmaster_start_time()), 'YYYYMMDDHH24MISSUS'), '/',
  (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))`;

const lookText = `SELECT ${jsonAsHexSql(`pg_catalog.json_build_object('place', ${place}, 'settings', ${sessionSettingsSql})::pg_catalog.text`)} AS rows`;

const selectPlace = declareStatement<NoStatementParams, { place: string }>(
  'within.place',
  () => `SELECT ${place} AS place`,
);

const places = new WeakMap<Database, Promise<string | undefined>>();

/**
 * Identifies the server of Cairnloop's own connections; `again` reads it again, because the server may have been
 * restarted.
 */
function placeOf(own: Database, { again = false } = {}): Promise<string | undefined> {
  const known = again ? undefined : places.get(own);
  const asked = known ?? own.run(selectPlace).then(([row]) => row?.place);
  places.set(own, asked);
  asked.catch(() => places.delete(own));
  return asked;
}

/**
 * A Database that runs its statements on the host's connection, one at a time, because not every driver queues them.
 */
function databaseOn(
  executor: TransactionExecutor,
  own: Database,
  settings: SessionSettings,
  state: CallState,
): Database {
  const wanted = sessionSettingsToChange(settings);
  let last: Promise<unknown> = Promise.resolve();

  async function run<Params extends object, Row extends object>(
    asked: Statement<Params, Row>,
    ...[params]: StatementArguments<Params>
  ): Promise<Row[]> {
    const { text, returnsRows } = await toPortableStatement(own, asked);
    const values = toParameterValues(asked, params).map(toParameterText);
    const turn = last.then(() =>
      withSessionSettings(executor, wanted, settings, () => queryHostExecutor(executor, text, values)),
    );
    last = turn.catch((error) => {
      state.failure ??= error;
    });
    const rows = await turn;
    return returnsRows ? decodeHexRows<Row>(rows) : [];
  }
  const db: Database = {
    url: own.url,
    schema: own.schema,
    pool: own.pool,
    run,
    async transaction(work) {
      try {
        return await work({ run });
      } catch (error) {
        state.undo = true;
        throw error;
      }
    },
    waitingFor: () => db,
    close: async () => {},
  };
  return db;
}
