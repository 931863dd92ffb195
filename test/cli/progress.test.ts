import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { defineCommand } from '../../src/cli/command.js';
import { main } from '../../src/cli/main.js';
import { hideProgressIfResultOnTerminal, withProgress } from '../../src/cli/progress.js';
import { eventually } from '../support/eventually.js';
import { type MemoryIo, memoryIo } from '../support/memory-io.js';

const pace = { terminalMs: 1, plainMs: 1 };

/** A command that works until its progress was seen, and then reports. */
function commandFor(io: MemoryIo, text: string) {
  return defineCommand({
    options: [{ flags: '--json', description: 'as JSON' }],
    examples: [],
    async run({ options }, safe) {
      const work = async (show: (state: string) => void) => {
        show('3 of 7');
        if (!options.json) await eventually(() => assert.match(io.err(), /Working: 3 of 7, \d+ s/));
        else await sleep(20);
      };
      await withProgress('Working', options, safe, work, pace);
      return { text, json: { text } };
    },
  });
}

async function run(argv: string[], { isTTY = false, columns = 80, env = {}, text = 'done' } = {}) {
  const io = memoryIo('/');
  Object.assign(io.stdout, { isTTY, columns });
  Object.assign(io.stderr, { isTTY, columns });
  const rows = [{ name: 'work', summary: 'Work', load: async () => ({ command: commandFor(io, text) as never }) }];
  const exitCode = await main(['work', ...argv], { ...io, env }, rows);
  assert.equal(exitCode, 0, io.err());
  return { out: io.out(), err: io.err() };
}

const erase = '\r\u001b[2K';

describe('progress of long work', () => {
  it('is plain lines on stderr where that is no terminal, and the result is alone on stdout', async () => {
    const { out, err } = await run([]);
    assert.match(err, /^(Working: 3 of 7, \d+ s\n)+$/);
    assert.equal(out, 'done\n');
  });

  it('is one line on a terminal, which is gone when the work ends', async () => {
    const { out, err } = await run([], { isTTY: true });
    assert.match(err, /^Working: /);
    assert.ok(!err.includes('\n'));
    assert.ok(err.endsWith(erase));
    assert.equal(out, 'done\n');
  });

  it('is not shown with --json, on a terminal either', async () => {
    for (const isTTY of [false, true]) {
      const { out, err } = await run(['--json'], { isTTY, text: '[ok] http://127.0.0.1' });
      assert.equal(err, '');
      assert.deepEqual(JSON.parse(out), { text: '[ok] http://127.0.0.1' });
    }
  });

  it('fits a terminal whose size is unknown', async () => {
    const { err } = await run([], { isTTY: true, columns: 0 });
    assert.match(err, /Working: 3 of 7/);
  });

  it('makes room for what is written meanwhile', async () => {
    const io = memoryIo('/');
    Object.assign(io.stderr, { isTTY: true });
    const command = defineCommand({
      examples: [],
      async run(_input, safe) {
        safe.stderr.status?.('Working: 1 s');
        safe.stderr.write('A table is locked.\n');
        safe.stderr.status?.('Working:\n2 s \u001b[31m');
        return undefined;
      },
    });
    await main(['work'], io, [{ name: 'work', summary: 'Work', load: async () => ({ command: command as never }) }]);
    assert.equal(io.err(), `Working: 1 s${erase}A table is locked.\nWorking: 2 s \\u001b[31m`);
  });

  it('is not shown where a terminal shows the result while it is written', () => {
    const isQuiet = (isTTY: boolean, output?: string) => {
      const io = memoryIo('/');
      Object.assign(io.stdout, { isTTY });
      return Boolean(hideProgressIfResultOnTerminal({ output }, io).json);
    };
    assert.deepEqual([isQuiet(true), isQuiet(false), isQuiet(true, 'export.json')], [true, false, false]);
  });

  it('ends with the failure of the work', async () => {
    const failing = withProgress('Working', {}, memoryIo('/'), () => Promise.reject(new Error('no')), pace);
    await assert.rejects(failing, { message: 'no' });
  });
});

describe('colour', () => {
  const text = [
    '[ok] NOTIFIER: configured',
    '[check] METRICS: absent',
    '[blocked] DATABASE: down',
    'created    notifier.ts',
    'See http://127.0.0.1:4070/',
    'a customer wrote \u001b[31mred',
  ].join('\n');
  const escaped = `${text.replace('\u001b', '\\u001b')}\n`;

  it('marks outcomes and addresses on a terminal, and nothing of what a customer wrote', async () => {
    const { out } = await run([], { isTTY: true, text });
    assert.equal(stripVTControlCharacters(out), escaped);
    for (const word of ['ok', 'check', 'blocked', 'created', 'http://127.0.0.1:4070/'])
      assert.match(out, new RegExp(`\\u001b\\[\\d+m${word}\\u001b`), word);
    assert.match(out, /a customer wrote \\u001b\[31mred/);
  });

  for (const [title, options] of Object.entries({
    'where the output is no terminal': {},
    'where NO_COLOR is set': { isTTY: true, env: { NO_COLOR: '1' } },
    'on a terminal without colour': { isTTY: true, env: { TERM: 'dumb' } },
  })) {
    it(`is absent ${title}`, async () => {
      assert.equal((await run([], { ...options, text })).out, escaped);
    });
  }
});
