import type { Logger } from 'pino';
import { createAgendaJobs } from '../agenda/agenda-jobs.js';
import { type AuditListInput, listAudit } from '../audit/list.js';
import { openChangeFeed } from '../change-feed/open-change-feed.js';
import { type CairnloopConfig, type ResolvedConfig, validateConfig } from '../config/config-schema.js';
import { createContextReader } from '../context/context-reader.js';
import type { Actor, CsatRating, ProposalInput } from '../contracts/domain.js';
import type { SlaPolicy } from '../contracts/sla-policy-provider.js';
import { type ArchiveInput, archiveConversation } from '../conversations/archive.js';
import {
  type CustomerListInput,
  type CustomerReadInput,
  type CustomerThreadInput,
  getForCustomer,
  listForCustomer,
  markReadForCustomer,
} from '../conversations/customer-view.js';
import { requireConversation } from '../conversations/find.js';
import {
  type ConversationFilter,
  countConversations,
  type ListInput,
  listConversations,
} from '../conversations/list.js';
import { type OpenInput, openConversation } from '../conversations/open.js';
import { type ReceiveInput, receiveMessage } from '../conversations/receive.js';
import { type ReopenInput, reopenConversation } from '../conversations/reopen.js';
import { addNote, type NoteInput, type ReplyInput, replyToConversation } from '../conversations/reply.js';
import { type ResolveInput, resolveConversation } from '../conversations/resolve.js';
import { type SnoozeInput, snoozeConversation } from '../conversations/snooze.js';
import { submitCsat } from '../conversations/submit-csat.js';
import { type UpdateInput, updateConversation } from '../conversations/update.js';
import { type Database, openDatabase } from '../db/connect.js';
import { databaseTarget } from '../db/connection-url.js';
import { databaseFailure, expectedFailure } from '../db/database-failure.js';
import { createSchemaCheck, pendingMigrations } from '../db/migrations/current.js';
import { isOutage } from '../db/outage.js';
import { probeDatabase } from '../db/probe.js';
import { type DeliveryListInput, getDelivery, listDeliveries } from '../deliveries/list.js';
import { logOwedCallbacks } from '../deliveries/log-owed-callbacks.js';
import { discardDelivery, type InterveneInput, type RetryInput, retryDelivery } from '../deliveries/retry-discard.js';
import { countRetryable, type RetryRange, retryRange } from '../deliveries/retry-range.js';
import { getDraft, listDrafts } from '../drafts/find.js';
import {
  type ApproveInput,
  approveDraft,
  type DiscardInput,
  discardDraft,
  type EditInput,
  editDraft,
  type UseInput,
  useDraft,
} from '../drafts/operator-decisions.js';
import { proposeDraft } from '../drafts/propose.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { safeLogger, stderrLogger } from '../foundation/safe-logger.js';
import { createDeliveryCounts, createOutcomeCounts } from '../ops/delivery-counts.js';
import { createOperations, type OperationsOptions, operationsPaths } from '../ops/operations.js';
import type { PrometheusReporter } from '../ops/prometheus.js';
import type { PrometheusMetrics } from '../ops/prometheus-metrics.js';
import { readiness } from '../ops/readiness.js';
import { safeMetrics } from '../ops/safe-metrics.js';
import { type BulkInput, bulkTriggerOutbound } from '../outbound/bulk-trigger.js';
import { type CancelInput, cancelOutbound } from '../outbound/cancel.js';
import { type TriggerInput, triggerOutbound } from '../outbound/trigger.js';
import { createPortal, type Portal, type PortalOptions } from '../portal/portal.js';
import type { Runtime } from '../runtime.js';
import { explainSla } from '../sla/explain.js';
import { slaForConversation } from '../sla/find.js';
import { type PauseInput, pauseSla, type ResumeInput, resumeSla } from '../sla/pause.js';
import { activePolicies, setPolicy } from '../sla/policies.js';
import { type Metrics, noMetrics } from '../telemetry/metrics.js';
import { createTelemetry } from '../telemetry/telemetry.js';
import { requireKnownKeys } from '../validation/known-keys.js';
import { createWithin, type WithinGroup } from '../within/within.js';
import { createWorker, type Worker } from '../worker/worker.js';
import { createWorkspace, type Workspace, type WorkspaceOptions } from '../workspace/workspace.js';
import { refuseExtraArguments, wrapPublicCalls } from './public-calls.js';

/** Settings for those who embed Cairnloop beyond its config. */
export interface CreateOptions {
  /** Where log lines go: a pino logger of the host's. Default: JSON lines on stderr, from `log.level` up. */
  logger?: Logger;
  /** The name of the config's file, for messages that say where to add a line. Default: none is named. */
  configFile?: string;
}

/**
 * Connects to the host's Postgres and answers everything a host can do. `close()` releases it all. Throws
 * `CONFIG_INVALID`, `INPUT_INVALID`, `DATABASE_UNREACHABLE`, `DATABASE_POOLER`.
 */
export async function createCairnloop(
  config: CairnloopConfig | ResolvedConfig,
  options: CreateOptions = {},
  { forWorker = false } = {},
) {
  requireKnownKeys('createCairnloop', options, ['logger', 'configFile']);
  const resolved = validateConfig(config);
  await probeDatabase(resolved.database.url);
  const { runtime, prometheus } = await assemble(resolved, options);
  // A worker process says it once it works: until then the one line that it prints is why it does not start.
  if (!forWorker) await logOwedCallbacks(runtime);
  const requireSchema = schemaGuard(runtime.db);
  const worker = createWorker(runtime, requireSchema);
  const paths = { healthPath: resolved.ops.healthPath, metricsPath: resolved.ops.metricsPath };
  const mounts = new Set<{ close(): void }>();
  let closing: Promise<void> | undefined;

  const explain = (error: unknown) => databaseFailure(error, runtime.db);
  const callsOf = (runtime: Runtime) => ({
    conversations: {
      open: (input: OpenInput) => openConversation(runtime, input),
      receive: (id: string, input: ReceiveInput) => receiveMessage(runtime, id, input),
      reply: (id: string, input: ReplyInput) => replyToConversation(runtime, id, input),
      note: (id: string, input: NoteInput) => addNote(runtime, id, input),
      resolve: (id: string, input: ResolveInput) => resolveConversation(runtime, id, input),
      update: (id: string, input: UpdateInput) => updateConversation(runtime, id, input),
      snooze: (id: string, input: SnoozeInput) => snoozeConversation(runtime, id, input),
      archive: (id: string, input: ArchiveInput) => archiveConversation(runtime, id, input),
      reopen: (id: string, input: ReopenInput) => reopenConversation(runtime, id, input),
      submitCsat: (id: string, rating: CsatRating) => submitCsat(runtime, id, rating),
      get: (id: string) => requireConversation(runtime, id),
      list: (input?: ListInput) => listConversations(runtime, input),
      count: (filter?: ConversationFilter) => countConversations(runtime, filter),
      forCustomer: (actorId: string, input?: CustomerListInput) => listForCustomer(runtime, actorId, input),
      getForCustomer: (actorId: string, id: string, input?: CustomerThreadInput) =>
        getForCustomer(runtime, actorId, id, input),
      markReadForCustomer: (actorId: string, id: string, input?: CustomerReadInput) =>
        markReadForCustomer(runtime, actorId, id, input),
    },
    drafts: {
      propose: (conversationId: string, proposal: ProposalInput) => proposeDraft(runtime, conversationId, proposal),
      get: (id: string) => getDraft(runtime, id),
      listForConversation: (conversationId: string) => listDrafts(runtime, conversationId),
      approve: (id: string, input: ApproveInput) => approveDraft(runtime, id, input),
      edit: (id: string, input: EditInput) => editDraft(runtime, id, input),
      use: (id: string, input: UseInput) => useDraft(runtime, id, input),
      discard: (id: string, input: DiscardInput) => discardDraft(runtime, id, input),
    },
    outbound: {
      trigger: (conversationId: string, input: TriggerInput) => triggerOutbound(runtime, conversationId, input),
      bulkTrigger: (conversationIds: readonly string[], input: BulkInput) =>
        bulkTriggerOutbound(runtime, conversationIds, input),
      cancel: (messageId: string, input: CancelInput) => cancelOutbound(runtime, messageId, input),
    },
    sla: {
      activePolicies: () => activePolicies(runtime),
      setPolicy: (priority: string, attrs: Partial<SlaPolicy>, by?: { actor?: Actor }) =>
        setPolicy(runtime, priority, attrs, by),
      forConversation: (conversationId: string) => slaForConversation(runtime, conversationId),
      /** Every clock that the conversation had, and why it was due when it was. Throws `CONVERSATION_NOT_FOUND`. */
      explain: (conversationId: string) => explainSla(runtime.db, conversationId),
      pause: (conversationId: string, input: PauseInput) => pauseSla(runtime, conversationId, input),
      resume: (conversationId: string, input: ResumeInput) => resumeSla(runtime, conversationId, input),
    },
    deliveries: {
      list: (input?: DeliveryListInput) => listDeliveries(runtime, input),
      get: (id: string) => getDelivery(runtime, id),
      retry: (id: string, input: RetryInput) => retryDelivery(runtime, id, input),
      countRetryable: (range: RetryRange) => countRetryable(runtime, range),
      retryRange: (range: RetryRange, input: InterveneInput) => retryRange(runtime, range, input),
      discard: (id: string, input: InterveneInput) => discardDelivery(runtime, id, input),
    },
    context: {
      get: (actorId: string | null) => runtime.context.get(actorId),
    },
    audit: {
      list: (input?: AuditListInput) => listAudit(runtime, input),
    },
  });
  const inTransactions = createWithin({ runtime, callsOf, admit: requireSchema });
  const api = wrapPublicCalls(callsOf(runtime), explain, async (name) => withoutTables.has(name) || requireSchema());

  return {
    ...api,
    /**
     * The same calls on an open transaction of the host's: what they write is committed with its rows, or gone with them.
     * Deliveries, telemetry and open pages follow the commit. Calls on one transaction run one after the other, each in a
     * savepoint: one that is refused leaves the transaction usable. Throws `INPUT_INVALID`; its calls besides
     * `TRANSACTION_REQUIRED`, `TRANSACTION_ELSEWHERE`, `TRANSACTION_CONFLICT`, `TRANSACTION_ABORTED`, `TRANSACTION_LOST`.
     */
    within: refuseExtraArguments(inTransactions.within, 'within'),
    telemetry: {
      attach: refuseExtraArguments(runtime.telemetry.attach, 'telemetry.attach'),
      detach: refuseExtraArguments(runtime.telemetry.detach, 'telemetry.detach'),
    },
    /** `/health`, `/health/ready` and `/metrics` for the host's own server. Throws `MOUNT_OPTION_INVALID`. */
    operations: (mount: OperationsOptions = {}) =>
      createOperations(
        {
          ready: () => readiness(runtime, worker),
          metrics: prometheus?.scrape ?? null,
          log: runtime.log,
          configFile: options.configFile,
        },
        operationsPaths(mount, paths),
      ),
    /**
     * The page that operators work on, for the host's own server. Loaded at the first request. Throws
     * `MOUNT_OPTION_INVALID`.
     */
    workspace: (options: WorkspaceOptions): Workspace => {
      const workspace = createWorkspace(runtime, api, options);
      mounts.add(workspace);
      return workspace;
    },
    /**
     * The page on which customers read and write their own conversations, for the host's own server, with its JSON API
     * and `<cairnloop-support>`. Loaded at the first request. Throws `MOUNT_OPTION_INVALID`.
     */
    portal: (options: PortalOptions): Portal => {
      const portal = createPortal(runtime, api, options);
      mounts.add(portal);
      return portal;
    },
    worker: sayingWhy(runtime, worker, explain),
    /**
     * Stops the worker if it runs, waits for what is under way and releases every connection and timer; after a job, one
     * timer of Agenda's runs on for up to 15 s.
     */
    close: () => {
      for (const mount of mounts) mount.close();
      closing ??= inTransactions
        .close()
        .then(() => release(runtime, worker.stop))
        .finally(() => prometheus?.close());
      return closing;
    },
  };
}

/** What {@link createCairnloop} answers. */
export type Cairnloop = Awaited<ReturnType<typeof createCairnloop>>;

/** The calls of {@link Cairnloop} on an open transaction of the host's, as `cairnloop.within(executor)` returns them. */
export interface Within extends Pick<Cairnloop, WithinGroup> {}

/** Calls that may need no table: they go on while the database is away. */
const withoutTables = new Set(['context.get', 'sla.activePolicies']);

/** Refuses work on a schema of another version. A role that may not read which it is, is let through. */
function schemaGuard(db: Database): () => Promise<void> {
  const requireSchema = createSchemaCheck(db);
  return () =>
    requireSchema().catch((error) => {
      if (isCairnloopError(error) ? error.code !== 'CLOSED' : isOutage(error)) throw error;
    });
}

/** A worker whose jobs are in Postgres finds them unreachable where the schema lacks their table, or Postgres is away. */
function sayingWhy({ db, config }: Runtime, worker: Worker, explain: (error: unknown) => Promise<unknown>): Worker {
  const reasonOf = async (error: unknown): Promise<unknown> => {
    if (config.jobs.backend !== 'postgres' || !isCairnloopError(error) || error.code !== 'JOBS_UNREACHABLE')
      return error;
    const pending = await pendingMigrations(db);
    if (pending.length === 0) return expectedFailure(error.cause, db.url) ?? error;
    return new CairnloopError('MIGRATIONS_PENDING', { schema: db.schema, pending }, { cause: error });
  };
  return {
    async start() {
      try {
        await worker.start();
      } catch (error) {
        throw await explain(await reasonOf(error).catch((reason) => reason));
      }
    },
    stop: worker.stop,
    get state() {
      return worker.state;
    },
  };
}

async function assemble(config: ResolvedConfig, options: CreateOptions) {
  const log = safeLogger(options.logger ?? stderrLogger(config.log.level));
  const db = openDatabase({
    ...config.database,
    onConnectionError: (error) =>
      log.warn({ reason: errorText(error) }, 'database connection lost; the pool replaces it'),
  });
  const prometheus = await loadPrometheus(config, db, log).catch(async (error) => {
    await db.close();
    throw error;
  });
  const metrics: Metrics = prometheus ? safeMetrics(prometheus, log) : noMetrics;
  const telemetry = createTelemetry(log);
  const runtime: Runtime = {
    config,
    db,
    log,
    metrics,
    telemetry,
    jobs: createAgendaJobs(config, log),
    changeFeed: openChangeFeed(db, log),
    context: createContextReader({
      provider: config.contextProvider,
      ...config.context,
      log,
      telemetry,
      onOutcome: metrics.contextRequested,
    }),
  };
  return { runtime, prometheus };
}

async function loadPrometheus(config: ResolvedConfig, db: Database, log: Logger): Promise<PrometheusMetrics | null> {
  if (!config.metrics) return null;
  const { createPrometheusMetrics } = await import('../ops/prometheus-metrics.js');
  const database = `${databaseTarget(config.database.url)} ${config.database.schema}`;
  const source = { database, counts: createDeliveryCounts(db), kept: createOutcomeCounts(db) };
  try {
    return createPrometheusMetrics(config.metrics as PrometheusReporter, source, log);
  } catch (error) {
    if (isCairnloopError(error)) throw error;
    const expected = 'a Registry of prom-client that takes metrics';
    const found = `one that fails: ${errorText(error, 200)}`;
    throw new CairnloopError('CONFIG_INVALID', { problems: [{ path: 'metrics.registry', expected, found }] });
  }
}

async function release(runtime: Runtime, stopWorker: () => Promise<void>): Promise<void> {
  await stopWorker();
  runtime.telemetry.close();
  await runtime.changeFeed.close();
  await runtime.jobs.close();
  await runtime.db.close();
}
