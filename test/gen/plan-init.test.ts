import assert from 'node:assert/strict';
import type { FileChange } from '../../src/gen/change-plan.js';
import type { HostSnapshot } from '../../src/gen/host-snapshot.js';
import { commandsToRunAfterInit, planInit } from '../../src/gen/plan-init.js';
import { readHostSnapshot } from '../../src/host-project/read-host-snapshot.js';
import { tempHost } from '../support/temp-host.js';

function snapshot(): HostSnapshot {
  const host = tempHost({ 'package.json': { name: 'host', type: 'module' } }, []);
  try {
    return readHostSnapshot({ cwd: host.folder });
  } finally {
    host.remove();
  }
}

describe('gen/plan-init', () => {
  let plain: HostSnapshot;
  before(() => {
    plain = { ...snapshot(), missingUrl: null };
  });
  const empty = { root: '/host', changes: [], notes: ['before'] };
  const plan = (host: Partial<HostSnapshot>, texts: Record<string, string | null> = {}) =>
    planInit({ ...plain, ...host }, empty, texts);
  const change = (file: string, text: string | null, host: Partial<HostSnapshot> = {}): FileChange =>
    plan(host, { [file]: text }).changes.find(({ path }) => path === file) ?? assert.fail(file);

  it('keeps the notes of the modules, and has no other for a host that lacks nothing', () => {
    assert.deepEqual(plan({}).notes, ['before']);
  });

  it('adds no scripts to a package.json above the project, and says so', () => {
    const { changes, notes } = plan({ hasPackageJson: false });
    assert.deepEqual(
      changes.map(({ path }) => path),
      ['.env.example'],
    );
    assert.match(notes[1] ?? '', /^This project shares the package\.json above it, so no scripts were added: run/);
    assert.deepEqual(
      plan({}).changes.map(({ path }) => path),
      ['package.json', '.env.example'],
    );
  });

  it('says what to do where DATABASE_URL names another database, with and without a config', () => {
    const notes = (text: string | null) =>
      plan({ otherDatabase: 'mysql:', config: { path: 'cairnloop.config.js', text } }).notes.slice(1);
    assert.deepEqual(notes(null), [
      'DATABASE_URL is mysql: here, and Cairnloop needs Postgres.',
      'The config reads CAIRNLOOP_DATABASE_URL instead: set it to the URL of a Postgres.',
    ]);
    assert.deepEqual(notes('export default {};\n'), [
      'DATABASE_URL is mysql: here, and Cairnloop needs Postgres.',
      'Have the config read another variable, e.g. CAIRNLOOP_DATABASE_URL, and set it to the URL of a Postgres.',
    ]);
  });

  it('says which variable lacks a URL and where, once', () => {
    const none =
      'If you have no Postgres yet, leave A_URL empty: npx cairnloop dev starts one from npm, with the worker and the workspace.';
    const notes = (place: string | null, otherDatabase: string | null = null) =>
      plan({ missingUrl: { name: 'A_URL', place, state: 'empty' }, otherDatabase }).notes;
    assert.deepEqual(notes(null).slice(1), ['A_URL is empty: set it to the URL of your Postgres.', none]);
    assert.deepEqual(notes('.env').slice(1), ['A_URL in .env is empty: set it to the URL of your Postgres.', none]);
    assert.deepEqual(notes(null, 'mysql:').slice(3), [none]);
    assert.equal(notes('.env', 'mysql:').slice(3).length, 2);
  });

  it('adds the variable to .env.example on a line of its own, with the line ends of the file', () => {
    const line = 'DATABASE_URL=postgres://user:password@localhost:5432/app';
    const files: [before: string | null, after: string][] = [
      [null, `${line}\n`],
      ['', `${line}\n`],
      ['A=1', `A=1\n${line}\n`],
      ['A=1\n', `A=1\n${line}\n`],
      ['A=1\r\nB=2', `A=1\r\nB=2\r\n${line}\r\n`],
      ['MY_DATABASE_URL=1\n', `MY_DATABASE_URL=1\n${line}\n`],
      ['DATABASE_URL_2=1\n', `DATABASE_URL_2=1\n${line}\n`],
    ];
    for (const [before, after] of files) {
      const { outcome, after: written } = change('.env.example', before);
      assert.deepEqual([outcome, written], [before === null ? 'created' : 'updated', after], JSON.stringify(before));
    }
    for (const text of [
      'DATABASE_URL=',
      'A=1\n  DATABASE_URL = x\n',
      '# DATABASE_URL=x\n',
      ' #export DATABASE_URL=x',
    ]) {
      assert.equal(change('.env.example', text).outcome, 'unchanged', text);
    }
    assert.equal(
      change('.env.example', 'export DATABASE_URL=x\n', { databaseVariable: 'CAIRNLOOP_DATABASE_URL' }).outcome,
      'updated',
    );
    const manual = change('.env.example', 'A\0=\0');
    assert.deepEqual(
      [manual.outcome, manual.reason, manual.after, manual.byHand],
      ['manual', 'the file is not UTF-8 text', 'A\0=\0', [{ place: 'as a separate line of the file', lines: [line] }]],
    );
  });

  it('adds scripts in the form that package.json has', () => {
    const scripts = ['migrate', 'worker', 'doctor'].map((verb) => `"cairnloop:${verb}": "cairnloop ${verb}"`);
    const [first = '', ...others] = scripts;
    const lines = (indent: string, eol = '\n') => scripts.map((line) => `${indent}${line}`).join(`,${eol}`);
    const files: [before: string, after: string][] = [
      ['{ "name": "a" }\n', `{ "name": "a", "scripts": { ${scripts.join(', ')} } }\n`],
      ['{}\n', `{ "scripts": { ${scripts.join(', ')} } }\n`],
      [
        `{\n  "scripts": {\n    ${first}\n  }\n}\n`,
        `{\n  "scripts": {\n${[...others, first].map((line) => `    ${line}`).join(',\n')}\n  }\n}\n`,
      ],
    ];
    for (const [before, after] of files) assert.equal(change('package.json', before).after, after);
    const tabs = change('package.json', '{\r\n\t"name": "a"\r\n}\r\n').after ?? '';
    assert.deepEqual(JSON.parse(tabs), { scripts: JSON.parse(`{${lines('')}}`), name: 'a' });
    assert.match(tabs, /^\t"scripts": \{\r\n\t\t"cairnloop:/m);
    assert.doesNotMatch(tabs, /[^\r]\n/);
    for (const empty of ['{\n}\n', '{\n  "scripts": {\n  }\n}\n', '{ }\n', '{\n  "scripts": { }\n}\n']) {
      const after = change('package.json', empty).after ?? '';
      assert.deepEqual(JSON.parse(after), { scripts: JSON.parse(`{${lines('')}}`) }, after);
    }
    for (const text of ['no JSON', '{ \uFEFF"name": "a" }'])
      assert.equal(change('package.json', text).outcome, 'unchanged');
    const marked = change('package.json', '\uFEFF{}\n').after ?? '';
    assert.deepEqual(marked.startsWith('\uFEFF{ "scripts": {') && Object.keys(JSON.parse(marked.slice(1))), [
      'scripts',
    ]);
  });

  it('names three commands, and the folder to enter, in quotes where it needs them', () => {
    const commands = (folder: string) => commandsToRunAfterInit(plain, { root: '', changes: [], notes: [] }, folder);
    const three = ['npx cairnloop gen all', 'npx cairnloop migrate', 'npx cairnloop doctor'];
    assert.deepEqual(commands(''), three);
    assert.deepEqual(commands('apps/a_b.c-1/@x'), ['cd apps/a_b.c-1/@x', ...three]);
    assert.deepEqual(commands('my app')[0], 'cd "my app"');
  });
});
