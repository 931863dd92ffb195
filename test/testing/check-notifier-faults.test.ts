import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { selectModuleLoadingOptions } from '../../src/testing/node-options.js';
import { checkNotifierFaults, type FaultReport } from '../../src/testing.js';
import { tempHost } from '../support/temp-host.js';
import good, { hangsOnOddValues, remembersTooEarly, withoutKey } from './faulty-notifiers.js';

const module = (file: string) => new URL(file, import.meta.url);
const faultsOf = ({ repeated }: FaultReport) => repeated.map(({ fault }) => fault);

describe('checkNotifierFaults', function () {
  this.timeout(120_000);

  it('finds nothing wrong with a notifier that passes deliveryId to its providers, also if it is killed', async () => {
    const report = await checkNotifierFaults(module('./faulty-notifiers.ts'), { timeoutMs: 300 });
    assert.deepEqual([report.problems, report.repeated, report.ok], [[], [], true]);
    const text = String(report);
    for (const callback of ['onConversationResolved', 'onSlaBreach', 'onOutboundTriggered', 'onReply'])
      for (const fault of ['refused', 'answer lost', 'timed out', 'killed', 'odd value NaN'])
        for (const effect of [1, 2])
          assert.match(
            text,
            new RegExp(`\\[ok\\] PASSED ${callback}, ${fault} at effect ${effect}: every effect happened`),
          );
  });

  it('names every fault after which a mail without a key is sent twice', async () => {
    const report = await checkNotifierFaults(module('./faulty-without-key.ts'), { timeoutMs: 300 });
    const found = faultsOf(report);
    for (const fault of [
      'the same delivery twice',
      'answer lost at effect 1',
      'timed out at effect 1',
      'killed at effect 1',
    ])
      assert.ok(found.includes(fault), fault);
    assert.equal(found.includes('refused at effect 1'), false);
    assert.deepEqual(report.repeated[0], {
      callback: 'onReply',
      fault: 'the same delivery twice',
      effect: 'mail',
      expected: 1,
      found: 2,
    });
    assert.match(report.problems[0] ?? '', /"mail" happened 2 instead of 1 times .* hand metadata\.deliveryId/);
  });

  it('names the faults after which an effect is missing', async () => {
    const report = await checkNotifierFaults(remembersTooEarly, { timeoutMs: 300 });
    assert.deepEqual(report.problems, [
      'onReply, refused at effect 1: "mail" happened 0 instead of 1 times after the delivery was repeated; remember a delivery as done only once its effect has happened',
    ]);
    assert.deepEqual(report.repeated, []);
  });

  it('names the attempts that hang after an odd value', async () => {
    const report = await checkNotifierFaults(hangsOnOddValues, { timeoutMs: 200 });
    assert.deepEqual(report.problems, [
      'onReply, odd value null at effect 1: the attempt after the fault did not settle',
    ]);
  });

  it('says that no process was killed if it was given a function', async () => {
    const report = await checkNotifierFaults(withoutKey);
    assert.match(String(report), /NOT_CALLED killed processes: not tried: hand in the URL of a module/);
    assert.equal(faultsOf(report).includes('killed at effect 1'), false);
  });

  it('reports a callback that fails without a fault, and refuses an unknown option', async () => {
    const report = await checkNotifierFaults(() => ({ onReply: () => Promise.reject(new Error('no mailer')) }));
    assert.deepEqual(report.problems, ['onReply, no fault: threw no mailer (attempt 1)']);
    await assert.rejects(checkNotifierFaults(good, { timeout: 1 } as object), { code: 'INPUT_INVALID' });
  });

  it('says why no process was killed where hooks of the runner alone load the module', async () => {
    const host = tempHost({ 'package.json': { type: 'module' } });
    const file = path.join(host.folder, 'fakes.mjs');
    // What the runner has loaded stays loaded; another process finds the file as it is now.
    writeFileSync(
      file,
      `export default ({ effect }) => ({ onReply: (m, c, { deliveryId }) => effect('mail', deliveryId) });`,
    );
    await import(pathToFileURL(file).href);
    writeFileSync(file, 'const words: string = 5 as string; export default words;');
    const report = await checkNotifierFaults(pathToFileURL(file), { timeoutMs: 200 });
    host.remove();
    assert.deepEqual(report.problems.length, 1, String(report));
    assert.match(
      report.problems[0] ?? '',
      /^killed processes: not tried, because a process of its own cannot load the module: .*NODE_OPTIONS/s,
    );
    assert.match(String(report), /\[ok\] PASSED onReply, answer lost at effect 1/);
  });

  it('runs in a script of `node -e` and in one test process, whose options are no options of the processes it kills', async () => {
    const host = tempHost({
      'package.json': { type: 'module' },
      'fakes.mjs': `export default ({ effect }) => ({ onReply: (m, c, { deliveryId }) => effect('mail', deliveryId) });`,
    });
    const script = `
      const { checkNotifierFaults } = await import('cairnloop/testing');
      const report = await checkNotifierFaults(new URL('fakes.mjs', 'file://' + process.cwd() + '/'), { timeoutMs: 200 });
      console.log(String(report));`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script], { cwd: host.folder });
    host.remove();
    assert.match(stdout, /^notifier: keeps its contract/);
    assert.match(stdout, /\[ok\] PASSED onReply, killed at effect 1/);
  });

  it('hands on the options that say how modules are loaded, and no other', () => {
    const all = ['--import', 'tsx', '-r', './hook.cjs', '--import=./b.mjs', '-C', 'development', '--env-file=.env'];
    const strip = ['--experimental-strip-types', '--no-experimental-require-module', '--preserve-symlinks'];
    assert.deepEqual(selectModuleLoadingOptions([...all, ...strip]), [...all, ...strip]);
    const ofRunner = ['--test', '--test-name-pattern', 'mail', '--experimental-test-isolation=none', '--watch'];
    const others = ['--inspect-brk=9229', '-e', 'run()', '--input-type=module', '--expose-gc', '--cpu-prof'];
    assert.deepEqual(selectModuleLoadingOptions([...ofRunner, ...others]), []);
  });
});
