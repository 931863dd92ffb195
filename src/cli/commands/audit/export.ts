import type { ExportedAuditEvent } from '../../../audit/export.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import { hideProgressIfResultOnTerminal, withProgress } from '../../progress.js';

export const auditExportCommand = defineCommand({
  options: [cwdOption, configOption, { ...jsonOption, description: 'print one JSON list instead of JSON lines' }],
  examples: ['cairnloop audit export > audit.jsonl', 'cairnloop audit export --json | jq length'],
  async run({ options }, io) {
    const { exportAudit } = await import('../../../audit/export.js');
    const writer = options.json ? listWriter(io) : lineWriter(io);
    // Read a page only after the previous one is written: the record may not fit in memory.
    const count = await withDatabase(options, io, ({ db }) =>
      withProgress('Exporting', hideProgressIfResultOnTerminal(options, io), io, (show) => {
        let written = 0;
        return exportAudit(db, async (events) => {
          writer.write(events);
          await io.flush?.();
          written += events.length;
          show(`${written} events`);
        });
      }),
    );
    writer.end();
    io.stderr.write(`${count} event(s) exported\n`);
    return undefined;
  },
});

interface Writer {
  write(events: readonly ExportedAuditEvent[]): void;
  end(): void;
}

function lineWriter({ stdout }: CliIo): Writer {
  return {
    write: (events) => void stdout.write(events.map((event) => `${JSON.stringify(event)}\n`).join('')),
    end() {},
  };
}

/** Writes the events as one JSON list, page by page. */
function listWriter({ stdout }: CliIo): Writer {
  let before = '[';
  return {
    write(events) {
      for (const event of events) {
        stdout.write(`${before}\n${JSON.stringify(event)}`);
        before = ',';
      }
    },
    end: () => void stdout.write(before === '[' ? '[]\n' : '\n]\n'),
  };
}
