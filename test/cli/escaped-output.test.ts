import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defineCommand } from '../../src/cli/command.js';
import { main } from '../../src/cli/main.js';
import { CairnloopError } from '../../src/foundation/errors.js';
import { escapeControls } from '../../src/foundation/escape-controls.js';
import { memoryIo } from '../support/memory-io.js';
import { runMain } from '../support/run-main.js';
import { operator, policies, useHosts } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

/** Every class once: C0, DEL, C1, a lone carriage return, bidi, separators of lines and paragraphs. */
const hostile =
  'a\u001b[2Jb\u0007c\u007fd\u009b31me\u0085f\rg\u202eh\u202ai\u2066j\u2069k\u200el\u061cm\u2028n\u2029o\u0000p';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
const moving = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('cli/escaped-output', () => {
  const say = defineCommand({
    options: [
      { flags: '--json', description: 'as JSON' },
      { flags: '--fail', description: 'fail' },
    ],
    examples: ['cairnloop say'],
    run: async ({ options }, io) => {
      io.stderr.write(`progress of ${hostile}\n`);
      io.stdout.write(`first ${hostile}\n`.slice(0, options.json ? 0 : undefined));
      if (io.isInteractive) await io.ask.confirm({ message: `Delete ${hostile}?` });
      if (options.fail) throw new CairnloopError('USAGE', { message: hostile, hint: hostile });
      return { text: `\ttext ${hostile}\r\nnext`, json: { [hostile]: hostile } };
    },
  });
  const rows = [{ name: 'say', summary: 'Says something', load: async () => ({ command: say }) }];
  const run = async (argv: string[], answers?: Record<string, unknown>) => {
    const io = memoryIo('/', answers);
    await main(['say', ...argv], io, rows);
    return { out: io.out(), err: io.err(), asked: io.asked.join() };
  };

  it('writes no terminal control character in text, JSON, progress, questions and failures', async () => {
    for (const argv of [[], ['--fail'], ['--json'], ['--json', '--fail'], ['--nonsense'], [`x${hostile}`]]) {
      for (const { out, err, asked } of [await run(argv), await run(argv, { Delete: true })]) {
        assert.doesNotMatch(out.replaceAll('\r\n', '\n') + err + asked, moving);
      }
    }
    const { out, err } = await run([]);
    assert.ok(out.includes('\ttext a\\u001b[2Jb'), out);
    assert.ok(out.endsWith('p\r\nnext\n'));
    assert.match(err, /progress of a\\u001b/);
  });

  it('writes JSON that is the same value', async () => {
    const { out } = await run(['--json']);
    assert.deepEqual(JSON.parse(out), { [hostile]: hostile });
    assert.match(out, /\\u009b31m.*\\u202e/);
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = escapeControls(JSON.stringify(value, null, 2));
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.doesNotMatch(text, moving);
      }),
    );
  });

  describe('in the commands', () => {
    const { startHost } = useHosts();
    let host: TempHost | undefined;
    afterEach(() => host?.remove());

    it('shows hostile priorities, customers, paths and errors as text', async () => {
      const priority = hostile.replaceAll('\u0000', '');
      const { cairnloop, database } = await startHost(
        { slaPolicyProvider: policies({ priority, responseMinutes: 1, breachMinutes: 2 }) },
        { worker: false },
      );
      host = tempHost({
        'package.json': { type: 'module' },
        'cairnloop.config.js': `
          const terms = [{ priority: ${JSON.stringify(priority)}, responseMinutes: 1, breachMinutes: 2 }];
          const refuse = () => { throw new Error(${JSON.stringify(hostile)}); };
          export default {
            database: { url: ${JSON.stringify(database.url)} },
            contextProvider: { getContext: refuse },
            slaPolicyProvider: { getActivePolicies: () => ({ ok: true, value: terms }), setPolicy: refuse },
          };`,
      });
      const actorId = priority;
      const { id } = await cairnloop.conversations.open({ actorId, subject: priority, priority, message: 'Hello?' });
      await cairnloop.conversations.resolve(id, { resolvedBy: { ...operator, name: priority } });
      const commands = [
        ['sla', 'explain', id],
        ['sla', 'list'],
        ['sla', 'set', priority, '--breach', '9'],
        ['doctor', '--probe'],
        ['audit', 'list'],
        ['audit', 'export'],
        ['audit', 'list', '--action', priority],
        ['deliveries', 'list'],
        ['undo', '--cwd', `no\u001bsuch`],
      ];
      for (const argv of commands) {
        for (const all of [argv, [...argv, '--json']]) {
          const { out, err } = await runMain(host.folder, all);
          assert.doesNotMatch(out + err, moving, all.join(' '));
          if (all.includes('--json')) JSON.parse(out);
        }
      }
      assert.match((await runMain(host.folder, ['sla', 'explain', id])).out, /\\u001b/);
    });
  });
});
