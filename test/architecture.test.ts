import assert from 'node:assert/strict';
import { functionLengths, percentile } from './support/function-lengths.js';
import { layers } from './support/layers.js';
import { type SourceFile, sourceFiles } from './support/source-files.js';

/** Loaded only when a command or a config needs it. */
const heavy = [
  'ts-morph',
  'sequelize',
  'umzug',
  'agenda',
  '@agendajs/',
  'prom-client',
  '@opentelemetry/',
  'hono',
  '@hono/',
  'handlebars',
];

describe('architecture', () => {
  const files = sourceFiles();
  const inFolder = (folder: string) => files.filter(({ path }) => path.startsWith(`${folder}/`));

  it('knows every file and its layer', () => {
    assert.ok(files.length > 150);
    assert.deepEqual(
      files.map(({ path }) => path).filter((path) => rank(path) === -1),
      [],
    );
  });

  it('Imports run one way', () => {
    const upward = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ target, isType, isLazy }) => !isType && !isLazy && isSource(target) && rank(target) > rank(path))
        .map(({ target }) => `${path} -> ${target}`),
    );
    assert.deepEqual(upward, []);
  });

  it('Imports run one way inside the workspace and the portal: pieces, queries, views, routes, the mounted app', () => {
    const floors = ['queries', 'views', 'routes'];
    const floor = (path: string) => {
      const [folder, name = ''] = path.split('/');
      if (!['workspace', 'portal'].includes(folder ?? '')) return Number.NEGATIVE_INFINITY;
      return ['app.tsx', 'routes.ts', `${folder}.ts`].includes(name) ? floors.length : floors.indexOf(name);
    };
    const upward = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ target, isType }) => !isType && isSource(target) && floor(target) > floor(path))
        .filter(() => floor(path) > Number.NEGATIVE_INFINITY)
        .map(({ target }) => `${path} -> ${target}`),
    );
    assert.deepEqual(upward, []);
  });

  it('Imports go round in no circle', () => {
    assert.deepEqual(circles(files), []);
  });

  it('No function is longer than 60 lines, half have at most 6, nine of ten at most 16', () => {
    const lengths = functionLengths(files.filter(({ path }) => !isMigration(path)));
    const lines = lengths.map((one) => one.lines);
    assert.ok(lines.length > 4000);
    assert.deepEqual(
      lengths.filter((one) => one.lines > 60),
      [],
    );
    const [half, nineOfTen] = [percentile(lines, 0.5), percentile(lines, 0.9)];
    assert.ok(half <= 6 && nineOfTen <= 16, `median ${half}, p90 ${nineOfTen}`);
  });

  it('No file is longer than 300 lines but the error catalogue', () => {
    const long = files.filter(({ text }) => text.trimEnd().split('\n').length > 300).map(({ path }) => path);
    assert.deepEqual(long, ['foundation/errors.ts']);
  });

  it('gen and contracts know the rest by its types, and gen touches no file', () => {
    const foundation = ['foundation/errors.ts', 'foundation/closest-word.ts', 'foundation/redact.ts'];
    const known = { gen: foundation, contracts: foundation };
    for (const [folder, allowed] of Object.entries(known)) {
      const others = inFolder(folder).flatMap(({ path, imports }) =>
        imports
          .filter(({ target, isType }) => !isType && isSource(target))
          .filter(({ target }) => !target.startsWith(`${folder}/`) && !allowed.includes(target))
          .map(({ target }) => `${path} -> ${target}`),
      );
      assert.deepEqual(others, []);
    }
    assert.deepEqual(
      importersOf(/^node:fs/).filter((path) => path.startsWith('gen/')),
      [],
    );
  });

  it('TL5 no workspace code reads telemetry, and nothing else does', () => {
    assert.ok(inFolder('workspace').length > 20);
    const readers = importersOf(/^telemetry\/telemetry\.ts$/, { types: false });
    assert.deepEqual(readers, ['instance/cairnloop.ts']);
    assert.deepEqual(importersOf(/^node:diagnostics_channel$/), ['telemetry/telemetry.ts']);
    const typed = importersOf(/^telemetry\//).filter((path) => path.startsWith('workspace/'));
    const attaching = files.filter(({ text }) => /telemetry\.attach[,(]/.test(text)).map(({ path }) => path);
    assert.deepEqual([typed, attaching], [[], ['instance/cairnloop.ts']]);
  });

  it('wakes workers, notifies pages and publishes events of a change in one place', () => {
    const calling = (pattern: RegExp) => files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
    assert.deepEqual(calling(/\.telemetry\.publish\(|changeFeed\.changed\(/), ['events/announce.ts']);
    // Besides changes: more is due than this worker takes, and what no wake-up has announced.
    assert.deepEqual(calling(/\bjobs\.wake\(/), ['deliveries/drain.ts', 'events/announce.ts', 'worker/sweep.ts']);
  });

  it('owes calls and writes audit lines with the same SQL everywhere', () => {
    const inserting = (table: string) =>
      files
        .filter(({ path, text }) => !path.startsWith('db/migrations/') && text.includes(`INSERT INTO \${s}.${table} (`))
        .map(({ path }) => path);
    assert.deepEqual(inserting('deliveries'), ['events/owe.ts']);
    // An erasure's line has an id that it names beforehand.
    assert.deepEqual(inserting('audit_events'), ['audit/erase.ts', 'events/audit-lines.ts']);
  });

  it('asks questions and ends the process in one place', () => {
    assert.deepEqual(importersOf(/^@clack\/prompts$/), ['cli/io.ts']);
    const exiting = files.filter(({ text }) => /process\.exit\(/.test(text)).map(({ path }) => path);
    assert.deepEqual(exiting, []);
  });

  for (const entry of ['index.ts', 'cli/main.ts']) {
    it(`loads nothing heavy with ${entry}`, () => {
      const loaded = reachable(files, entry).flatMap(({ path, imports }) =>
        imports
          .filter(({ target, isType, isLazy }) => !isType && !isLazy && heavy.some((name) => target.startsWith(name)))
          .map(({ target }) => `${path} -> ${target}`),
      );
      assert.deepEqual(loaded, []);
    });
  }

  function importersOf(target: RegExp, { types = true } = {}): string[] {
    return files
      .filter(({ imports }) => imports.some((one) => target.test(one.target) && (types || !one.isType)))
      .map(({ path }) => path);
  }
});

const ranks = Object.values(layers);

/** The layer of a file; one that is named by itself belongs where it is named. */
function rank(path: string): number {
  const name = path.replace(/\.tsx?$/, '');
  const named = ranks.findIndex((names) => names.includes(name));
  return named >= 0 ? named : ranks.findIndex((names) => names.includes(name.split('/')[0] ?? ''));
}

/** A published migration keeps its statements as they are. */
function isMigration(path: string): boolean {
  return path.startsWith('db/migrations/');
}

function isSource(target: string): boolean {
  return /\.tsx?$/.test(target);
}

function reachable(files: readonly SourceFile[], from: string): SourceFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { target, isType, isLazy } of byPath.get(path)?.imports ?? [])
      if (!isType && !isLazy && isSource(target)) visit(target);
  };
  visit(from);
  return files.filter(({ path }) => seen.has(path));
}

/** Files that can come back to themselves. */
function circles(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, imports }) =>
      imports.some(
        ({ target, isType, isLazy }) =>
          !isType && !isLazy && isSource(target) && reachable(files, target).some((file) => file.path === path),
      ),
    )
    .map(({ path }) => path);
}
