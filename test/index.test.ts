import assert from 'node:assert/strict';
import { execa } from 'execa';
import { type TempHost, tempHost } from './support/temp-host.js';

/** Reports every module that is loaded, of either kind, and what was read and opened meanwhile. */
const probe = `
  import { createRequire, register } from 'node:module';
  import { MessageChannel } from 'node:worker_threads';

  const { port1, port2 } = new MessageChannel();
  const loaded = [];
  port1.on('message', (url) => loaded.push(url)).unref();
  const hooks = 'let port; export const initialize = (given) => { port = given; };'
    + 'export const load = (url, context, next) => { port.postMessage(url); return next(url, context); };';
  register('data:text/javascript,' + encodeURIComponent(hooks), { data: port2, transferList: [port2] });

  const read = [];
  const { env } = process;
  process.env = new Proxy(env, {
    get: (target, key) => {
      if (new Error().stack.includes('/dist/')) read.push(String(key));
      return target[key];
    },
  });
  const before = process.getActiveResourcesInfo();
  const exported = Object.keys(await import('cairnloop'));
  const after = process.getActiveResourcesInfo();
  const last = 'data:text/javascript,//last';
  await import(last);
  while (!loaded.includes(last)) await new Promise((resolve) => setTimeout(resolve, 5));
  loaded.push(...Object.keys(createRequire(import.meta.url).cache));
  console.log(JSON.stringify({ exported: exported.sort(), loaded, read, before, after }));
`;

describe("import 'cairnloop'", () => {
  let host: TempHost;
  let seen: { exported: string[]; loaded: string[]; read: string[]; before: string[]; after: string[] };
  before(async () => {
    host = tempHost({ 'package.json': { type: 'module' }, 'probe.js': probe });
    const { stdout } = await execa(process.execPath, ['probe.js'], { cwd: host.folder });
    seen = JSON.parse(stdout);
  });
  after(() => host.remove());

  it('exports what a host needs', () => {
    for (const name of ['CairnloopError', 'createCairnloop', 'defineConfig', 'err', 'ok', 'prometheus'])
      assert.ok(seen.exported.includes(name), name);
  });

  it('loads a few files of its own and no package but fastest-levenshtein', () => {
    assert.ok(seen.loaded.some((url) => url.endsWith('/dist/index.js')));
    const packages = seen.loaded.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
    assert.deepEqual([...new Set(packages)], ['fastest-levenshtein']);
  });

  it('reads no environment, opens no connection and sets no timer', () => {
    assert.deepEqual(seen.read, []);
    const opened = seen.after.filter((resource) => !seen.before.includes(resource));
    assert.deepEqual(opened, []);
  });
});
