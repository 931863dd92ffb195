import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defineCommand, jsonOption, wholeNumberParser } from '../../src/cli/command.js';
import { main } from '../../src/cli/main.js';
import { CairnloopError } from '../../src/foundation/errors.js';
import { memoryIo } from '../support/memory-io.js';

const loaded: string[] = [];
const greet = defineCommand({
  arguments: [{ name: '<name>', description: 'whom' }],
  options: [
    { flags: '--loud', description: 'shout' },
    { flags: '--times <number>', description: 'how often', parse: wholeNumberParser('--times', { min: 1, max: 9 }) },
    { flags: '--style <style>', description: 'how', choices: ['formal', 'casual'] },
    jsonOption,
  ],
  examples: ['cairnloop greet Ada'],
  exitCodes: { 3: 'by hand' },
  run: async ({ args: [name], options }) => {
    if (name === 'nobody') throw new CairnloopError('CONVERSATION_NOT_FOUND', { id: 'nobody' });
    if (name === 'bug') throw new TypeError('broken inside');
    if (name === 'leak') throw new Error('no answer from postgres://app:s3cret@db/app?password=s3cret');
    if (name === 'object') throw { status: 503, token: 's3cret' };
    return { text: `hello ${name}`, json: { name, ...options, big: 5n }, exitCode: options.loud ? 3 : 0 };
  },
});
const about = defineCommand({
  arguments: [{ name: '<topic>', description: 'about what', choices: ['weather', 'news'] }],
  examples: ['cairnloop ask about news'],
  run: async () => undefined,
});
const ask = defineCommand({
  examples: ['cairnloop ask about news'],
  subcommands: { about: { ...about, summary: 'Asks about it' } },
});
const row = (name: string, summary: string) => ({
  name,
  summary,
  load: async () => {
    loaded.push(name);
    return { command: greet };
  },
});
const rows = [
  row('greet', 'Says hello'),
  row('other', 'Does more'),
  { name: 'ask', summary: 'Asks', load: async () => ({ command: ask }) },
];

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

  it('prints the result on stdout and returns the exit code', async () => {
    assert.deepEqual(await run('greet', 'Ada'), { exitCode: 0, out: 'hello Ada\n', err: '' });
    assert.equal((await run('greet', 'Ada', '--loud')).exitCode, 3);
  });

  it('prints one JSON document with --json', async () => {
    const { out, err } = await run('greet', 'Ada', '--times', '2', '--json');
    assert.deepEqual(JSON.parse(out), { name: 'Ada', times: 2, json: true, big: '5' });
    assert.equal(err, '');
  });

  it('prints an expected failure with its hint and without a stack', async () => {
    const { exitCode, out, err } = await run('greet', 'nobody');
    assert.equal(exitCode, 1);
    assert.equal(out, '');
    assert.match(err, /no conversation "nobody"\.\nUse the id/);
    assert.doesNotMatch(err, /\n\s+at /);
  });

  for (const argv of [
    ['greet', 'nobody', '--json'],
    ['greet', '--json', '--bogus', 'Ada'],
    ['greet', '--bogus', '--json'],
    ['greet', '--style', 'wrong', 'Ada', '--json'],
    ['greet', 'Ada', '--times', 'many', '--json'],
    ['greet', 'Ada', '--json', '--times'],
    ['greet', '--json'],
    ['ask', 'about', 'sports', '--json'],
    ['ask', 'abuot', '--json'],
    ['nosuch', '--json'],
    ['--', 'greet', 'nobody', '--json'],
  ]) {
    it(`prints the failure of \`${argv.join(' ')}\` as JSON`, async () => {
      const { exitCode, out, err } = await run(...argv);
      assert.notEqual(exitCode, 0);
      assert.deepEqual(Object.keys(JSON.parse(out).error), ['code', 'message', 'hint']);
      assert.equal(err, '');
    });
  }

  for (const argv of [
    ['greet', 'Ada', 'Bob', '--', '--json'],
    ['greet', 'Ada', '--style', '--json'],
  ]) {
    it(`prints the failure of \`${argv.join(' ')}\` as text, since --json is an argument there`, async () => {
      const { exitCode, out, err } = await run(...argv);
      assert.notEqual(exitCode, 0);
      assert.equal(out, '');
      assert.notEqual(err, '');
    });
  }

  it('takes --json after -- as an argument', async () => {
    assert.equal((await run('greet', '--', '--json')).out, 'hello --json\n');
  });

  it('prints a failure as a JSON document with --json', async () => {
    const { out, err } = await run('greet', 'nobody', '--json');
    assert.deepEqual(Object.keys(JSON.parse(out).error), ['code', 'message', 'hint']);
    assert.equal(JSON.parse(out).error.code, 'CONVERSATION_NOT_FOUND');
    assert.equal(err, '');
  });

  it('names the section of the docs about a failure on a terminal, and nothing more than the hint elsewhere', async () => {
    const terminal = memoryIo('/');
    terminal.stderr.isTTY = true;
    await main(['greet', 'nobody'], terminal, rows);
    const { err } = await run('greet', 'nobody');
    const [, page = '', anchor = ''] = /^See (\S+errors\.md)#(\w+)\n$/.exec(terminal.err().replace(err, '')) ?? [];
    assert.equal(anchor, 'conversation_not_found');
    assert.match(readFileSync(path.resolve('/', page), 'utf8'), new RegExp(`^### ${anchor.toUpperCase()}$`, 'm'));
  });

  it('shows the stack of an unexpected failure and asks for a report', async () => {
    const { exitCode, err } = await run('greet', 'bug');
    assert.equal(exitCode, 1);
    assert.match(err, /TypeError: broken inside\n\s+at [\s\S]*Please report/);
  });

  it('prints no secret of an unexpected failure', async () => {
    for (const name of ['leak', 'object']) {
      for (const argv of [[], ['--json']]) {
        const { out, err } = await run('greet', name, ...argv);
        assert.match(out + err, /\[redacted\]/);
        assert.doesNotMatch(out + err, /s3cret|object Object/);
      }
    }
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

  it('CL7 an unknown option with a value behind it suggests the nearest one too', async () => {
    const { exitCode, err } = await run('greet', 'Ada', '--tims=3');
    assert.equal(exitCode, 2);
    assert.equal(err, "Unknown option '--tims'.\nDid you mean --times?\n");
    assert.equal((await run('greet', 'Ada', '--times=3')).exitCode, 0);
    assert.equal((await run('greet', '--', '--tims=3')).out, 'hello --tims=3\n');
  });

  it('CL7 an unknown choice suggests the nearest one, or the one that begins with it', async () => {
    for (const [style, near] of [
      ['frmal', 'formal'],
      ['cas', 'casual'],
    ] as const) {
      const { exitCode, err } = await run('greet', 'Ada', '--style', style);
      assert.equal(exitCode, 2);
      assert.match(err, new RegExp(`'${style}' is invalid.*\\.\nDid you mean ${near}\\?\n$`));
    }
    const { exitCode, err } = await run('ask', 'about', 'wether');
    assert.equal(exitCode, 2);
    assert.match(err, /^Command-argument value 'wether' is invalid.*\nDid you mean weather\?\n$/);
  });

  it('CL7 points to the help of the command if no name is close', async () => {
    assert.match((await run('ask', 'about', 'x')).err, /\nRun `cairnloop ask about --help` to see its options\.\n$/);
    assert.match((await run('greet', 'a', 'b')).err, /\nRun `cairnloop greet --help` to see its options\.\n$/);
    assert.match((await run('ask', 'qqqqqqqq')).err, /\nRun `cairnloop ask --help` to see the commands/);
    assert.match((await run('qqqqqqqq')).err, /\nRun `cairnloop --help` to see the commands/);
  });

  it('prints the help of a command by all its names', async () => {
    const help = await run('ask', 'about', '--help');
    assert.match(help.out, /^Usage: cairnloop ask about/);
    for (const argv of [
      ['help', 'ask', 'about'],
      ['ask', 'help', 'about'],
    ]) {
      assert.deepEqual(await run(...argv), help);
    }
    assert.deepEqual(await run('help'), await run('--help'));
    assert.deepEqual(await run('ask', 'help'), await run('ask', '--help'));
  });

  it('CL7 an unknown command suggests the nearest one when its help is asked for', async () => {
    for (const argv of [
      ['help', 'gret'],
      ['gret', '--help'],
    ]) {
      assert.deepEqual(await run(...argv), {
        exitCode: 2,
        out: '',
        err: "Unknown command 'gret'.\nDid you mean greet?\n",
      });
    }
    for (const argv of [
      ['help', 'ask', 'abot'],
      ['ask', 'help', 'abot'],
      ['ask', 'abot', '--help'],
    ]) {
      const { exitCode, err } = await run(...argv);
      assert.deepEqual([exitCode, err], [2, "Unknown command 'abot'.\nDid you mean about?\n"]);
    }
  });

  it('runs the command after a --', async () => {
    assert.equal((await run('--', 'greet', 'Ada')).out, 'hello Ada\n');
    assert.equal((await run('--')).exitCode, 2);
  });

  it('CL7 wrong usage is reported as a JSON document with --json', async () => {
    const { exitCode, out } = await run('greet', '--json');
    assert.equal(exitCode, 2);
    assert.equal(JSON.parse(out).error.code, 'USAGE');
  });

  it('names the allowed range of a number', async () => {
    const { exitCode, err } = await run('greet', 'Ada', '--times', '12');
    assert.equal(exitCode, 2);
    assert.match(err, /--times expected a whole number from 1 to 9, found "12"/);
  });

  it('says that its result was lost if stdout cannot be written, and keeps the exit code of a failure', async () => {
    const lost = async (...argv: string[]) => {
      const io = { ...memoryIo('/'), flush: async () => new Error('ENOSPC: no space left') };
      return { exitCode: await main(argv, io, rows), err: io.err(), out: io.out() };
    };
    const done = await lost('greet', 'Ada');
    assert.equal(done.exitCode, 1);
    assert.match(done.err, /could not be written to stdout: ENOSPC/);
    assert.equal((await lost('greet')).exitCode, 2);
    const asJson = await lost('greet', 'Ada', '--json');
    assert.match(asJson.err, /could not be written/);
    assert.doesNotMatch(asJson.out, /OUTPUT_LOST/);
  });

  it('shows the commands and exits 2 when none is named', async () => {
    const { exitCode, out, err } = await run();
    assert.equal(exitCode, 2);
    assert.equal(out, '');
    assert.match(err, /Says hello/);
  });
});
