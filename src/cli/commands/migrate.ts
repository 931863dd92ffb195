import { CairnloopError } from '../../errors.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../command.js';
import { readHostConfig } from '../host-database.js';
import type { Report } from '../report.js';

interface MigrateOptions {
  cwd?: string;
  config?: string;
  to?: string;
}

export const command = defineCommand<MigrateOptions>({
  arguments: [
    {
      name: '[direction]',
      description: 'up applies what is pending, down rolls the last one back, status lists both',
      choices: ['up', 'down', 'status'],
      default: 'up',
    },
  ],
  options: [
    cwdOption,
    configOption,
    { flags: '--to <name>', description: 'up or down to this migration and no further (down: this one included)' },
    jsonOption,
  ],
  examples: ['cairnloop migrate', 'cairnloop migrate status --json', 'cairnloop migrate down'],
  async run({ args: [direction], options }, io) {
    if (direction === 'status' && options.to !== undefined) throw statusGoesNowhere();
    const { migrateDown, migrateUp, migrationStatus } = await import('../../db/migrate.js');
    const config = await readHostConfig(options, io);
    if (direction === 'status') return statusReport(await migrationStatus(config.database));
    const migrate = direction === 'down' ? migrateDown : migrateUp;
    const names = await migrate(config.database, options.to, (sentence) => io.stderr.write(`${sentence}\n`));
    const change = direction === 'down' ? 'rolled back' : 'applied';
    return changeReport({ change, names, to: options.to }, await migrationStatus(config.database));
  },
});

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
}

function statusReport(status: Status): Report {
  const lines = [
    `Schema "${status.schema}"`,
    ...status.applied.map((name) => `  applied  ${name}`),
    ...status.pending.map((name) => `  pending  ${name}`),
    ...status.unknown.map((name) => `  unknown  ${name} (made by a newer version of cairnloop)`),
  ];
  return { text: lines.join('\n'), json: status };
}

interface Change {
  change: 'applied' | 'rolled back';
  names: string[];
  to: string | undefined;
}

function changeReport({ change, names, to }: Change, status: Status): Report {
  const upTo = to === undefined ? '' : ` up to ${to}`;
  const none =
    change === 'applied' ? `Nothing pending${upTo} (${status.applied.length} applied)` : 'Nothing to roll back';
  const text = names.length === 0 ? none : `${capital(change)} ${names.length}: ${names.join(', ')}`;
  return { text: `${text} in schema "${status.schema}"`, json: { change, names, ...status } };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
