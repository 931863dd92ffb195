import type { MigrateOptions } from '../../db/migrate.js';
import type { DataDroppedByRollback, RollbackPlan } from '../../db/rollback-plan.js';
import { CairnloopError } from '../../foundation/errors.js';
import { configOption, cwdOption, declareOptions, defineCommand, jsonOption } from '../command.js';
import type { OptionValues } from '../command-input.js';
import { mayPrompt } from '../finish-plan.js';
import { readHostConfig } from '../host-database.js';
import type { CliIo } from '../io.js';
import { withProgress } from '../progress.js';
import type { CommandReport } from '../report.js';

const options = declareOptions([
  cwdOption,
  configOption,
  { flags: '--to <name>', description: 'the last migration to apply or, with down, to roll back' },
  { flags: '-y, --yes', description: 'down: do not ask for confirmation; required without a terminal' },
  jsonOption,
]);

type MigrateCommandOptions = OptionValues<typeof options>;

export const migrateCommand = defineCommand({
  arguments: [
    {
      name: '[direction]',
      description: 'up applies pending migrations, down rolls back the last one and deletes its data, status lists all',
      choices: ['up', 'down', 'status'],
      default: 'up',
    },
  ],
  options,
  examples: ['cairnloop migrate', 'cairnloop migrate status --json', 'cairnloop migrate down'],
  exitCodes: { 130: 'cancelled' },
  async run({ args: [direction], options }, io) {
    if (direction === 'status' && options.to !== undefined) throw statusGoesNowhere();
    const { migrateUp, readMigrationStatus } = await import('../../db/migrate.js');
    const { database } = await readHostConfig(options, io);
    if (direction === 'status') return statusReport(await readMigrationStatus(database));
    if (direction === 'down') return rollBack(database, options, io);
    const tell = (sentence: string) => io.stderr.write(`${sentence}\n`);
    const names = await withProgress('Migrating', options, io, (show) =>
      migrateUp(database, options.to, tell, ({ name, at, of }) => show(`${name}, ${at} of ${of}`)),
    );
    return changeReport({ change: 'applied', names, to: options.to }, await readMigrationStatus(database));
  },
});

/** Shows what a rollback would delete, asks for confirmation, and rolls back no more than it has shown. */
async function rollBack(database: MigrateOptions, options: MigrateCommandOptions, io: CliIo): Promise<CommandReport> {
  const { planRollback } = await import('../../db/rollback-plan.js');
  const { migrateDown, readMigrationStatus } = await import('../../db/migrate.js');
  const plan = await planRollback(database, options.to);
  const last = plan.names.at(-1);
  if (last !== undefined) await agree(plan, database.schema, options, io);
  const names = last === undefined ? [] : await migrateDown(database, last);
  const { dropped } = plan;
  return changeReport({ change: 'rolled back', names, to: options.to, dropped }, await readMigrationStatus(database));
}

async function agree(plan: RollbackPlan, schema: string, options: MigrateCommandOptions, io: CliIo): Promise<void> {
  const lines = rollbackLines(plan, schema);
  if (options.yes) {
    if (!options.json) io.stderr.write(`${lines.join('\n')}\n`);
    return;
  }
  if (!mayPrompt(options, io)) {
    throw new CairnloopError('USAGE', {
      message: [...lines, 'migrate down expected --yes, because it cannot ask for confirmation here; found none.'].join(
        '\n',
      ),
      hint: 'Nothing was changed. Make a backup, then run the command again with --yes.',
    });
  }
  io.stderr.write(`${lines.join('\n')}\n`);
  const agreed = await io.ask.confirm({ message: questionFor(plan), initial: false });
  if (!agreed) throw new CairnloopError('CANCELLED', {});
}

function questionFor({ dropped }: RollbackPlan): string {
  return dropped.length === 0
    ? 'Roll back the migrations listed above?'
    : 'Roll back the migrations and delete the data listed above?';
}

function rollbackLines({ names, dropped }: RollbackPlan, schema: string): string[] {
  const head = `Rolls back ${names.length} migration(s) in schema "${schema}": ${names.join(', ')}`;
  if (dropped.length === 0) return [head, 'No table and no column is deleted.'];
  return [head, 'Deletes for good:', ...dropped.map((one) => `  ${droppedText(one)}`)];
}

function droppedText({ table, column, rows }: DataDroppedByRollback): string {
  const count = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  return column === null ? `table ${table} (${count})` : `column ${table}.${column} (has a value in ${count})`;
}

function statusGoesNowhere() {
  return new CairnloopError('USAGE', {
    message: '--to expected `migrate up` or `migrate down`, found it with `migrate status`.',
    hint: 'The status lists every migration; leave --to out.',
  });
}

interface Status {
  schema: string;
  applied: string[];
  pending: string[];
  unknown: string[];
  incompatible: string[];
}

function statusReport(status: Status): CommandReport {
  const lines = [
    `Schema "${status.schema}"`,
    ...status.applied.map((name) => `  applied  ${name}`),
    ...status.pending.map((name) => `  pending  ${name}`),
    ...status.unknown.map((name) => `  unknown  ${name} (${unknownText(status, name)})`),
  ];
  return { text: lines.join('\n'), json: inJson(status) };
}

/** The status as JSON. `incompatible` is part of it only if there are unknown migrations. */
function inJson({ incompatible, ...status }: Status) {
  return status.unknown.length > 0 ? { ...status, incompatible } : status;
}

function unknownText({ incompatible }: Status, name: string): string {
  const works = incompatible.includes(name) ? 'does not work' : 'works';
  return `made by a newer version of cairnloop; this version ${works} with that migration`;
}

interface Change {
  change: 'applied' | 'rolled back';
  names: string[];
  to: string | undefined;
  /** Tables and columns that the rollback deleted. */
  dropped?: DataDroppedByRollback[];
}

function changeReport({ change, names, to, dropped }: Change, status: Status): CommandReport {
  const upTo = to === undefined ? '' : ` up to ${to}`;
  const none =
    change === 'applied'
      ? `No migration is pending${upTo} (${status.applied.length} applied)`
      : 'No migration to roll back';
  const text = names.length === 0 ? none : `${capital(change)} ${names.length}: ${names.join(', ')}`;
  return {
    text: `${text} in schema "${status.schema}"`,
    json: { change, names, ...(dropped && { dropped }), ...inJson(status) },
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
