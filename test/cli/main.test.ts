import assert from 'node:assert/strict';
import { defineCommand, jsonOption, wholeNumber } from '../../src/cli/command.js';
import { main } from '../../src/cli/main.js';
import { CairnloopError } from '../../src/errors.js';
import { memoryIo } from '../support/memory-io.js';

const loaded: string[] = [];
const greet = defineCommand<{ loud?: boolean; times?: number }>({
  arguments: [{ name: '<name>', description: 'whom' }],
  options: [
    { flags: '--loud', description: 'shout' },
    { flags: '--times <number>', description: 'how often', parse: wholeNumber('--times', { min: 1, max: 9 }) },
    jsonOption,
  ],
  examples: ['cairnloop greet Ada'],
  exitCodes: { 3: 'by hand' },
  run: async ({ args: [name], options }) => {
    if (name === 'nobody') throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: 'nobody' });
    if (name === 'bug') throw new TypeError('broken inside');
    return { text: `hello ${name}`, json: { name, ...options, big: 5n }, exitCode: options.loud ? 3 : 0 };
  },
});
const row = (name: string, summary: string) => ({
  name,
  summary,
  load: async () => {
    loaded.push(name);
    return { command: greet };
  },
});
const rows = [row('greet', 'Says hello'), row('other', 'Does more')];

async function run(...argv: string[]) {
  const io = memoryIo('/');
  const exitCode = await main(argv, io, rows);
  return { exitCode, out: io.out(), err: io.err() };
}

describe('cli/main', () => {
  beforeEach(() => loaded.splice(0));

  it('loads no command for --help and --version', async () => {
    const help = await run('--help');
    assert.equal(help.exitCode, 0);
    assert.match(help.out, /greet .*Says hello\n\s+other .*Does more/);
    assert.match((await run('--version')).out, /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual(loaded, []);
  });

  it('loads the one command that is named, and shows its example and exit codes', async () => {
    const help = await run('greet', '--help');
    assert.match(help.out, /\$ cairnloop greet Ada/);
    assert.match(help.out, / {4}3 {2}by hand/);
    assert.deepEqual(loaded, ['greet']);
  });

  it('puts the result on stdout and answers its exit code', async () => {
    assert.deepEqual(await run('greet', 'Ada'), { exitCode: 0, out: 'hello Ada\n', err: '' });
    assert.equal((await run('greet', 'Ada', '--loud')).exitCode, 3);
  });

  it('prints one JSON document with --json', async () => {
    const { out, err } = await run('greet', 'Ada', '--times', '2', '--json');
    assert.deepEqual(JSON.parse(out), { name: 'Ada', times: 2, json: true, big: '5' });
    assert.equal(err, '');
  });

  it('tells an expected failure with its hint and without a stack', async () => {
    const { exitCode, out, err } = await run('greet', 'nobody');
    assert.equal(exitCode, 1);
    assert.equal(out, '');
    assert.match(err, /no conversation "nobody"\.\nUse the id/);
    assert.doesNotMatch(err, /\n\s+at /);
  });

  it('tells a failure as a JSON document with --json', async () => {
    const { out, err } = await run('greet', 'nobody', '--json');
    assert.deepEqual(Object.keys(JSON.parse(out).error), ['code', 'message', 'hint']);
    assert.equal(JSON.parse(out).error.code, 'CONVERSATION_NOT_FOUND');
    assert.equal(err, '');
  });

  it('shows the stack of an unexpected failure and asks for a report', async () => {
    const { exitCode, err } = await run('greet', 'bug');
    assert.equal(exitCode, 1);
    assert.match(err, /TypeError: broken inside\n\s+at [\s\S]*please report/);
  });

  it('CL7 an unknown command suggests the nearest one and exits 2', async () => {
    const { exitCode, out, err } = await run('gret', 'Ada');
    assert.equal(exitCode, 2);
    assert.equal(out, '');
    assert.equal(err, "Unknown command 'gret'.\nDid you mean greet?\n");
  });

  it('CL7 an unknown option suggests the nearest one and exits 2', async () => {
    const { exitCode, err } = await run('greet', 'Ada', '--luod');
    assert.equal(exitCode, 2);
    assert.equal(err, "Unknown option '--luod'.\nDid you mean --loud?\n");
  });

  it('CL7 wrong usage is a JSON document too', async () => {
    const { exitCode, out } = await run('greet', '--json');
    assert.equal(exitCode, 2);
    assert.equal(JSON.parse(out).error.code, 'USAGE');
  });

  it('names the range of a number that is out of it', async () => {
    const { exitCode, err } = await run('greet', 'Ada', '--times', '12');
    assert.equal(exitCode, 2);
    assert.match(err, /--times expected a whole number from 1 to 9, found "12"/);
  });

  it('shows the commands and exits 2 when none is named', async () => {
    const { exitCode, out, err } = await run();
    assert.equal(exitCode, 2);
    assert.equal(out, '');
    assert.match(err, /Says hello/);
  });
});
