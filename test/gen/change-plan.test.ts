import assert from 'node:assert/strict';
import {
  exitCodeOfPlan,
  type FileChange,
  fileChangesToWrite,
  isEditableFileText,
  planFileWrite,
} from '../../src/gen/change-plan.js';
import {
  type PackageManager,
  packageBinaryCommandLine,
  packageInstallCommands,
} from '../../src/gen/package-manager.js';
import { alertFilePaths, planAlerts, planWriteUnlessEdited } from '../../src/gen/plan-alerts.js';
import { tsconfigChanges } from '../../src/gen/tsconfig-changes.js';
import { unifiedDiff } from '../../src/gen/unified-diff.js';

const plan = (...changes: FileChange[]) => ({ root: '/host', changes, notes: [] });
const created = planFileWrite('new.js', null, 'a\n');
const updated = planFileWrite('own.js', 'a\n', 'b\n');
const unchanged = planFileWrite('same.js', 'a\n', 'a\n');
const manual: FileChange = { path: 'm.js', outcome: 'manual', before: 'a\n', after: 'a\n' };
const removed: FileChange = { path: 'old.js', outcome: 'updated', before: 'a\n', after: null };

describe('gen/change-plan', () => {
  it('distinguishes created, updated and unchanged files', () => {
    assert.deepEqual(
      [created, updated, unchanged].map(({ outcome }) => outcome),
      ['created', 'updated', 'unchanged'],
    );
    assert.deepEqual(fileChangesToWrite(plan(created, updated, unchanged, manual, removed)), [
      created,
      updated,
      removed,
    ]);
    assert.deepEqual(['a\n', 'a\0'].map(isEditableFileText), [true, false]);
  });

  it('exits 3 for a change by hand, and for a pending one with --check', () => {
    assert.deepEqual(
      [plan(created), plan(unchanged), plan(created, manual)].map((one) => exitCodeOfPlan(one, false)),
      [0, 0, 3],
    );
    assert.deepEqual(
      [plan(created), plan(unchanged), plan(unchanged, manual)].map((one) => exitCodeOfPlan(one, true)),
      [3, 0, 3],
    );
  });

  it('keeps an edited file unless forced, and rewrites one that is as generated', () => {
    const outcome = (before: string | null, force: boolean) => planWriteUnlessEdited('a', before, 'new', force).outcome;
    assert.deepEqual([outcome('old', false), outcome('old', true)], ['skipped', 'updated']);
    assert.deepEqual([outcome('new', false), outcome('new', true)], ['unchanged', 'unchanged']);
    assert.deepEqual([outcome(null, false), outcome(null, true)], ['created', 'created']);
    assert.match(
      planWriteUnlessEdited('a', 'old', 'new', false).reason ?? '',
      /the existing file differs from the generated one; --force/,
    );
  });

  it('shows pending changes as a patch, from any folder', () => {
    const patch = unifiedDiff(plan(created, unchanged, updated, removed));
    assert.deepEqual(patch.match(/^(---|\+\+\+) .*$/gm), [
      '--- /dev/null',
      '+++ b/new.js',
      '--- a/own.js',
      '+++ b/own.js',
      '--- a/old.js',
      '+++ /dev/null',
    ]);
    assert.match(
      unifiedDiff(plan(updated), 'apps/a'),
      /^--- a\/apps\/a\/own\.js\n\+\+\+ b\/apps\/a\/own\.js\n@@ -1,1 \+1,1 @@\n-a\n\+b\n$/,
    );
    assert.equal(unifiedDiff(plan(unchanged)), '');
    const text = Array.from({ length: 20 }, (_, n) => `${n}\n`).join('');
    const inside = unifiedDiff(plan(planFileWrite('a', text, text.replace('10\n', 'ten\n'))));
    assert.match(inside, /^@@ -8,7 \+8,7 @@$/m);
  });
});

describe('gen/package-manager', () => {
  it('has the commands of each package manager', () => {
    const lines = (manager: PackageManager) => [
      ...packageInstallCommands(manager, ['pg', '@types/pg', 'cairnloop']),
      packageBinaryCommandLine(manager, 'x y'),
    ];
    assert.deepEqual(lines('npm'), ['npm install pg cairnloop', 'npm install -D @types/pg', 'npx x y']);
    assert.deepEqual(lines('pnpm'), ['pnpm add pg cairnloop', 'pnpm add -D @types/pg', 'pnpm exec x y']);
    assert.deepEqual(lines('yarn'), ['yarn add pg cairnloop', 'yarn add -D @types/pg', 'yarn x y']);
    assert.deepEqual(lines('bun'), ['bun add pg cairnloop', 'bun add -d @types/pg', 'bunx x y']);
    assert.deepEqual(packageInstallCommands('npm', []), []);
    assert.deepEqual(packageInstallCommands('npm', ['@types/pg']), ['npm install -D @types/pg']);
  });
});

describe('gen/plan-alerts', () => {
  it('places both files in the folder, and says how to use them', () => {
    const names = ['cairnloop-alerts.yml', 'cairnloop-dashboard.json'];
    assert.deepEqual(alertFilePaths({ folder: '.' }), names);
    assert.deepEqual(
      alertFilePaths({ folder: 'ops' }),
      names.map((name) => `ops/${name}`),
    );
    const own = { 'cairnloop-alerts.yml': 'rules', 'cairnloop-dashboard.json': 'board' };
    const texts = { 'ops/cairnloop-alerts.yml': 'mine' };
    const planned = (force: boolean) => planAlerts({ root: '/host' } as never, own, texts, { folder: 'ops', force });
    assert.deepEqual(
      planned(false).changes.map(({ outcome, after }) => [outcome, after]),
      [
        ['skipped', 'mine'],
        ['created', 'board'],
      ],
    );
    assert.deepEqual(
      planned(true).changes.map(({ outcome, after }) => [outcome, after]),
      [
        ['updated', 'rules'],
        ['created', 'board'],
      ],
    );
    assert.deepEqual(planned(false).notes, [
      'Name ops/cairnloop-alerts.yml under rule_files in prometheus.yml, and import ops/cairnloop-dashboard.json in Grafana.',
      'The alert rules and the dashboard need `metrics: prometheus()` in the config, and a scrape of /metrics of each worker.',
    ]);
  });
});

describe('gen/tsconfig-changes', () => {
  const changes = (text: string | null, isError: boolean) => {
    const strayConfig = { tsconfig: 'tsconfig.json', folder: 'src', reason: 'why', isError };
    return tsconfigChanges({ strayConfig, config: { path: 'cairnloop.config.ts', text } } as never);
  };

  it('asks for the line by hand where the build fails, or where a new config would move its output', () => {
    const [change, ...others] = changes(null, false);
    assert.deepEqual(change, {
      path: 'tsconfig.json',
      outcome: 'manual',
      before: null,
      after: null,
      reason: 'why',
      byHand: [{ place: 'beside "compilerOptions"', lines: ['"include": ["src"]'] }],
    });
    assert.deepEqual(others, []);
    assert.equal(changes('a config', true).length, 1);
    assert.equal(changes('a config', false).length, 0);
    assert.deepEqual(tsconfigChanges({ strayConfig: null, config: { path: 'a', text: null } } as never), []);
  });
});
