import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

/** What `gen policy` writes as a test for a host whose script runs the runner. */
const golden: Record<string, { test: string; file: string; text: string; type?: string }> = {
  AVA: {
    test: 'ava',
    file: 'cairnloop/automation-policy.test.js',
    text: `import test from 'ava';
import { checkAutomationPolicy } from 'cairnloop/testing';
import { automationPolicy } from './automation-policy.js';

test('automation-policy keeps its contract', async (t) => {
  const report = await checkAutomationPolicy(automationPolicy);
  t.deepEqual(report.problems, []);
});
`,
  },
  uvu: {
    test: 'uvu tests',
    file: 'tests/automation-policy.test.js',
    text: `import { strict as assert } from 'node:assert';
import { test } from 'uvu';
import { checkAutomationPolicy } from 'cairnloop/testing';
import { automationPolicy } from '../cairnloop/automation-policy.js';

test('automation-policy keeps its contract', async () => {
  const report = await checkAutomationPolicy(automationPolicy);
  assert.deepEqual(report.problems, []);
});

test.run();
`,
  },
  'tape in CommonJS': {
    test: 'tape test/*.js',
    type: 'commonjs',
    file: 'test/automation-policy.test.js',
    text: `const { test } = require('tape');
const { checkAutomationPolicy } = require('cairnloop/testing');
const { automationPolicy } = require('../cairnloop/automation-policy');

test('automation-policy keeps its contract', async (t) => {
  const report = await checkAutomationPolicy(automationPolicy);
  t.deepEqual(report.problems, []);
});
`,
  },
  'node-tap': {
    test: 'tap',
    file: 'cairnloop/automation-policy.test.js',
    text: `import { test } from 'tap';
import { checkAutomationPolicy } from 'cairnloop/testing';
import { automationPolicy } from './automation-policy.js';

test('automation-policy keeps its contract', async (t) => {
  const report = await checkAutomationPolicy(automationPolicy);
  t.same(report.problems, []);
});
`,
  },
  Jasmine: {
    test: 'jasmine',
    file: 'spec/automation-policy.spec.js',
    text: `import { checkAutomationPolicy } from 'cairnloop/testing';
import { automationPolicy } from '../cairnloop/automation-policy.js';

it('automation-policy keeps its contract', async () => {
  const report = await checkAutomationPolicy(automationPolicy);
  expect(report.problems).toEqual([]);
});
`,
  },
  Deno: {
    test: 'deno test -A',
    file: 'cairnloop/automation-policy.test.js',
    text: `import { strict as assert } from 'node:assert';
import { checkAutomationPolicy } from 'cairnloop/testing';
import { automationPolicy } from './automation-policy.js';

Deno.test('automation-policy keeps its contract', async () => {
  const report = await checkAutomationPolicy(automationPolicy);
  assert.deepEqual(report.problems, []);
});
`,
  },
};

describe('the test that gen writes', () => {
  let host: TempHost;
  afterEach(() => host.remove());

  const generate = async (test: string, more: object = {}, files: Record<string, string> = {}) => {
    host = tempHost({ 'package.json': { name: 'host', type: 'module', scripts: { test }, ...more }, ...files });
    const { json } = await runMain(host.folder, ['gen', 'policy', '--json']);
    return json() as { files: { path: string; outcome: string }[]; notes: string[] };
  };
  const testsOf = ({ files }: { files: { path: string }[] }) =>
    files.map(({ path }) => path).filter((file) => /test|spec/.test(file));

  for (const [runner, { test, file, text, type = 'module' }] of Object.entries(golden)) {
    it(`is one of ${runner}, where ${runner} looks`, async () => {
      const { notes } = await generate(test, { type });
      assert.equal(readFileSync(path.join(host.folder, file), 'utf8'), text);
      assert.deepEqual(notes, []);
    });
  }

  for (const [script, name] of [
    ['lab -v', 'Lab'],
    ['qunit', 'QUnit'],
    ['playwright test', 'Playwright'],
    ['npx cypress run', 'Cypress'],
  ] as const) {
    it(`is not written for ${name}, and gen says why and what to do`, async () => {
      const report = await generate(script);
      assert.deepEqual(testsOf(report), []);
      assert.match(report.notes.join(), new RegExp(`^No test was written: .* runs ${name}, .*checkAutomationPolicy`));
    });
  }

  it('is for node:test where the script is none that gen knows, and gen says how to run it', async () => {
    const { notes } = await generate('make check');
    assert.ok(existsSync(path.join(host.folder, 'cairnloop/automation-policy.test.js')));
    assert.match(
      notes.join(),
      /^No test runner was found in "test" of package\.json \(make check\)\. .*node --test\.$/,
    );
  });

  it('stands beside the module where the runner takes only other files, and gen says so', async () => {
    const { notes } = await generate('node --test checks/all.js');
    assert.ok(existsSync(path.join(host.folder, 'cairnloop/automation-policy.test.js')));
    assert.match(
      notes.join(),
      /runs only tests that match checks\/all\.js, so it does not run cairnloop\/automation-policy\.test\.js/,
    );
    host.remove();
    const typed = await generate('ava', {}, { 'tsconfig.json': '{}' });
    assert.match(
      typed.notes.join(),
      /^AVA runs only tests that match .* so it does not run cairnloop\/automation-policy\.test\.ts/,
    );
  });

  it('has no note where none was asked for, or none is new', async () => {
    await generate('lab');
    const again = (await runMain(host.folder, ['gen', 'policy', '--json'])).json();
    assert.deepEqual(again.notes, []);
    const without = (await runMain(host.folder, ['gen', 'notifier', '--no-test', '--json'])).json();
    assert.deepEqual(without.notes, []);
  });
});
