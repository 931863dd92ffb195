import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import displayWidth from 'fast-string-width';
import { clackPrompts } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';
import { truncateToWidth } from '../../src/cli/single-line-text.js';
import { formatTable } from '../../src/cli/table.js';
import { findConfigVariable } from '../../src/config/config-variables.js';
import { memoryIo } from '../support/memory-io.js';
import { runCli } from '../support/run-cli.js';
import { runMain } from '../support/run-main.js';
import { tempHost } from '../support/temp-host.js';

describe('output and questions of the command line', () => {
  const asking = {
    confirm: (ask: ReturnType<typeof clackPrompts>) => ask.confirm({ message: 'Write it?' }),
    text: (ask: ReturnType<typeof clackPrompts>) => ask.text({ message: 'Where?', initial: 'src' }),
    select: (ask: ReturnType<typeof clackPrompts>) =>
      ask.select({ message: 'Which?', choices: [{ value: 'a', label: 'a' }] }),
    multiselect: (ask: ReturnType<typeof clackPrompts>) =>
      ask.multiselect({ message: 'Which?', choices: [{ value: 'a', label: 'a' }] }),
  };
  for (const [kind, question] of Object.entries(asking)) {
    for (const [how, leave] of [
      ['Ctrl-D', (input: PassThrough) => void input.write('\u0004')],
      ['Ctrl-C', (input: PassThrough) => void input.write('\u0003')],
      ['the end of input', (input: PassThrough) => void input.end()],
    ] as const) {
      it(`${how} at a question (${kind}) cancels`, async () => {
        const input = new PassThrough();
        const output = Object.assign(new PassThrough(), { columns: 80, rows: 24 }).resume();
        const ask = clackPrompts(output as never, input as never);
        const asked = question(ask);
        setTimeout(() => leave(input), 50);
        await assert.rejects(asked, { code: 'CANCELLED', exitCode: 130 });
      });
    }
  }

  it('aligns table columns with wide characters, and cuts none of them in half', () => {
    const rows = [
      ['name', 'state'],
      ['顧客サポート', 'open'],
      ['👩‍💻👍🏽', 'open'],
      ['Ada', 'open'],
      ['e\u0301e\u0301', 'open'],
    ];
    const starts = formatTable(rows)
      .split('\n')
      .map((line) => displayWidth(line.slice(0, line.search(/state|open/))));
    assert.deepEqual(new Set(starts), new Set([14]));
    for (const text of ['顧客サポート', '👩‍💻👍🏽👩‍💻', 'e\u0301'.repeat(9)]) {
      for (let width = 1; width < 14; width += 1) {
        const shown = truncateToWidth(text, width);
        assert.ok(displayWidth(shown) <= width, `${shown} in ${width}`);
        assert.ok(text.startsWith(shown.replace(/…$/, '')));
      }
    }
    const narrow = formatTable(
      [
        ['id', 'why'],
        ['1', '注文'.repeat(30)],
      ],
      { width: 40, free: [1] },
    );
    for (const line of narrow.split('\n')) assert.ok(displayWidth(line) <= 40, line);
  });

  for (const command of ['', 'init', 'gen', 'undo', 'migrate', 'worker', 'deliveries list', 'audit verify', 'doctor']) {
    it(`help of \`cairnloop ${command}\` fits 40 columns, except long words and command lines`, async () => {
      const io = memoryIo('/');
      io.stdout.columns = 40;
      await main([...command.split(' ').filter(Boolean), '--help'], io);
      const long = io
        .out()
        .split('\n')
        .filter((line) => line.length > 40 && !/^( {2}\$ |Usage:)/.test(line) && /\S \S/.test(line));
      assert.deepEqual(long, []);
      assert.match(io.out(), /Exit codes:/);
    });
  }

  it('the main help names every exit code that commands share', async () => {
    const { out } = await runMain('/', ['--help']);
    for (const code of [0, 1, 2, 3, 130]) assert.match(out, new RegExp(`^ +${code}  `, 'm'));
  });

  it('undo reports a file that it deletes as removed', async () => {
    const host = tempHost({ 'package.json': { name: 'shop', type: 'module' } });
    try {
      await runMain(host.folder, ['init', '--yes']);
      const preview = await runMain(host.folder, ['undo', '--dry-run']);
      assert.match(preview.err, /^removed +cairnloop\.config\.js$/m);
      const { json } = await runMain(host.folder, ['undo', '--json']);
      const outcomes = Object.fromEntries(
        json().files.map(({ path, outcome }: { path: string; outcome: string }) => [path, outcome]),
      );
      assert.deepEqual([outcomes['cairnloop.config.js'], outcomes['package.json']], ['removed', 'updated']);
    } finally {
      host.remove();
    }
  });

  it('doctor names the unset variable, and lists once what it did not check', async () => {
    const host = tempHost({
      'package.json': { name: 'shop', type: 'module' },
      'cairnloop.config.js': 'export default { database: { url: process.env.SHOP_DATABASE_URL } };',
    });
    try {
      const { out } = await runMain(host.folder, ['doctor']);
      assert.match(out, /^\[blocked\] CONFIG: .*Fix: set SHOP_DATABASE_URL in the environment or in \.env$/m);
      assert.equal(out.match(/no usable database\.url/g)?.length, 1, out);
      const { findings } = (await runMain(host.folder, ['doctor', '--json'])).json();
      assert.ok(findings.filter(({ message }: { message: string }) => /no usable database/.test(message)).length > 8);
      assert.ok(findings.every((finding: object) => Object.keys(finding).sort().join() === 'code,fix,level,message'));
    } finally {
      host.remove();
    }
  });

  it('doctor and migrate name the variable whose value is wrong, and the file that holds it', async () => {
    const values = {
      '': 'an empty string',
      changeme: 'a placeholder',
      '<your url>': 'a placeholder',
      'your-database-url': 'a placeholder',
      'postgres://user:password@host:port/db': 'a placeholder',
      'file:dev.db': 'a string that is no URL',
      'mysql://root:hunter2@db.internal/app': 'mysql://[redacted]@db.internal/app',
    };
    for (const [value, found] of Object.entries(values)) {
      const host = tempHost({
        'package.json': { name: 'shop', type: 'module' },
        'cairnloop.config.js': 'export default { database: { url: process.env.SHOP_DATABASE_URL } };',
        '.env': 'OTHER=1\n',
        '.env.local': `export SHOP_DATABASE_URL="${value}"\n`,
      });
      try {
        const { stdout } = await runCli(['doctor'], { cwd: host.folder });
        const [line = ''] = stdout.match(/^\[blocked\] CONFIG: .*$/m) ?? [];
        assert.ok(line.includes(`found ${found}. Fix: correct SHOP_DATABASE_URL in .env.local`), line);
        const { stderr } = await runCli(['migrate'], { cwd: host.folder });
        assert.ok(stderr.includes(`found ${found} (SHOP_DATABASE_URL in .env.local)`), stderr);
      } finally {
        host.remove();
      }
    }
  });

  it('doctor names the variable, and where it is set, of a database that does not answer', async () => {
    const host = tempHost({
      'package.json': { name: 'shop', type: 'module' },
      'cairnloop.config.js': 'export default { database: { url: process.env.SHOP_DATABASE_URL } };',
      '.env': 'SHOP_DATABASE_URL=postgres://app@127.0.0.1:1/app\n',
    });
    try {
      const line = async (env: Record<string, string>) =>
        (await runCli(['doctor'], { cwd: host.folder, env })).stdout.match(/^\[blocked\] DATABASE: .*$/m)?.[0] ?? '';
      assert.match(await line({}), /database\.url \(SHOP_DATABASE_URL in \.env\) names its host/);
      const other = { SHOP_DATABASE_URL: 'postgres://app@127.0.0.1:2/app' };
      assert.match(await line(other), /database\.url \(SHOP_DATABASE_URL in the environment\) names its host/);
    } finally {
      host.remove();
    }
  });

  it('finds the variable of a config key that occurs once, in any quotes', () => {
    const read = (text: string) => findConfigVariable(text, 'database.url');
    assert.equal(read('database: { url: process.env.PG_URL }'), 'PG_URL');
    assert.equal(read(`"url": process.env['PG_URL'] ?? undefined`), 'PG_URL');
    assert.equal(read('url: process.env.A }, jobs: { url: process.env.B }'), undefined);
    assert.equal(read('jobs: { url: process.env.B }, database: { schema: "x", url: process.env.A! }'), 'A');
    assert.equal(read('url: settings.url'), undefined);
  });
});
