import assert from 'node:assert/strict';
import { loadConfig } from '../../src/config/load-config.js';
import type { Notifier } from '../../src/contracts/notifier.js';
import { causes, methods, terms } from '../support/error-causes.js';
import { eventually } from '../support/eventually.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { runMain } from '../support/run-main.js';
import { policies, useHosts } from '../support/started-host.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

/** What a host fills the module with: it hands on to the test. */
const filled = 'export const notifier = globalThis.cairnloopTestNotifier;\n';
const config = (before: string, entry: string) => `import { defineConfig } from 'cairnloop';
${before}
export default defineConfig({
  database: { url: 'postgres://localhost/app' },
${entry}});
`;

describe('a notifier configured by hand', () => {
  const { startHost } = useHosts();
  const shared = globalThis as { cairnloopTestNotifier?: Notifier };
  let host: TempHost;
  afterEach(() => {
    host.remove();
    delete shared.cairnloopTestNotifier;
  });

  const ways: Record<string, () => Promise<unknown>> = {
    'as gen writes it': async () => {
      host.write('cairnloop.config.js', config('', ''));
      const { exitCode, err } = await runMain(host.folder, ['gen', 'notifier', '--dir', 'modules']);
      assert.equal(exitCode, 0, err);
      host.write('modules/notifier.js', filled);
    },
    'imported from a file of the host’s own': async () => {
      host.write('support/told.js', filled);
      host.write('cairnloop.config.js', config("import { notifier } from './support/told.js';", '  notifier,\n'));
    },
    'written into the config': async () =>
      host.write('cairnloop.config.js', config('', '  notifier: globalThis.cairnloopTestNotifier,\n')),
    'as an instance of a class': async () => {
      const methodsOf = methods.map((name) => `  ${name}(...told) { return this.#to.${name}(...told); }`).join('\n');
      const told = `class Told {\n  #to = globalThis.cairnloopTestNotifier;\n${methodsOf}\n}`;
      host.write('cairnloop.config.js', config(told, '  notifier: new Told(),\n'));
    },
  };

  for (const [way, write] of Object.entries(ways)) {
    it(`NT15 ${way} receives the same calls`, async () => {
      const { notifier, calls } = recordingNotifier(undefined, { replies: true });
      shared.cairnloopTestNotifier = notifier;
      host = tempHost({ 'package.json': { type: 'module' } });
      await write();
      const loaded = await loadConfig({ cwd: host.folder });
      const started = await startHost({ notifier: loaded.config.notifier, slaPolicyProvider: policies(terms) });
      for (const method of methods) await causes[method].cause(started, method);
      await eventually(() => assert.deepEqual(calls.map(({ method }) => method).sort(), [...methods].sort()));
      assert.deepEqual(calls.map(({ conversation }) => conversation.subject).sort(), [...methods].sort());
    });
  }
});
