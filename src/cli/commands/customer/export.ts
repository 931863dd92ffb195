import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CairnloopError } from '../../../foundation/errors.js';
import { errorText } from '../../../foundation/redact.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { type HostOptions, withDatabase } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import { hideProgressIfResultOnTerminal, withProgress } from '../../progress.js';

export const customerExportCommand = defineCommand({
  arguments: [{ name: '<actorId>', description: 'the exact id that the host gave the customer' }],
  options: [
    { flags: '--output <file>', description: 'write to this file instead of stdout; only its owner may read it' },
    cwdOption,
    configOption,
    { ...jsonOption, description: 'with --output: print the summary as JSON (the export itself is always JSON)' },
  ],
  examples: ['cairnloop customer export cust-7 > cust-7.json', 'cairnloop customer export cust-7 --output cust-7.json'],
  async run({ args: [actorId], options }, io) {
    const { output } = options;
    if (output === undefined) return exportTo(stdoutWriter(io), actorId, options, io);
    const conversations = await writeFileWhole(resolve(io.cwd, output), output, (write) =>
      readExport(write, actorId, options, io),
    );
    return { text: `${countText(conversations)} to ${output}`, json: { actorId, file: output, conversations } };
  },
});

type Write = (text: string) => void | Promise<void>;

interface ExportOptions extends HostOptions {
  output?: string | undefined;
}

async function exportTo(write: Write, actorId: string, options: ExportOptions, io: CliIo): Promise<undefined> {
  const conversations = await readExport(write, actorId, options, io);
  io.stderr.write(`${countText(conversations)}\n`);
}

async function readExport(write: Write, actorId: string, options: ExportOptions, io: CliIo): Promise<number> {
  const { writeCustomerExport } = await import('../../../customers/export-customer.js');
  const chunks = inChunks(write);
  const conversations = await withDatabase(options, io, ({ db }) =>
    withProgress('Exporting', hideProgressIfResultOnTerminal(options, io), io, (show) => {
      let characters = 0;
      return writeCustomerExport(db, actorId, (text) => {
        characters += text.length;
        show(`${(characters / 1e6).toFixed(1)} million characters`);
        return chunks.write(text);
      });
    }),
  );
  await chunks.end();
  return conversations;
}

function countText(conversations: number): string {
  return `${conversations} ${conversations === 1 ? 'conversation' : 'conversations'} exported`;
}

/** Waits until each chunk is written, because the document may be larger than memory. */
function stdoutWriter(io: CliIo): Write {
  return async (text) => {
    io.stdout.write(text);
    await io.flush?.();
  };
}

const chunkLength = 64 * 1024;

/** Collects small pieces of text into chunks, because a write for each row would be slow. */
function inChunks(write: Write): { write: Write; end(): Promise<void> } {
  let waiting = '';
  const flush = async () => {
    const text = waiting;
    waiting = '';
    if (text !== '') await write(text);
  };
  return {
    async write(text) {
      waiting += text;
      if (waiting.length >= chunkLength) await flush();
    },
    end: flush,
  };
}

/** Writes to a temporary file and renames it, so that a failure leaves the file as it was. */
async function writeFileWhole<T>(file: string, shown: string, work: (write: Write) => Promise<T>): Promise<T> {
  const temporary = `${file}.${process.pid}.tmp`;
  const failed = (error: unknown) => new CairnloopError('WRITE_FAILED', { file: shown, reason: errorText(error, 200) });
  const handle = await open(temporary, 'wx', 0o600).catch((error) => {
    throw failed(error);
  });
  try {
    const result = await work((text) => handle.appendFile(text));
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
    return result;
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw (error as { syscall?: string }).syscall ? failed(error) : error;
  }
}
