import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createTestDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { bin } from '../../support/run-cli.js';
import { tempHost } from '../../support/temp-host.js';

const notifierSaying = (word: string) => `
  console.error('module says ${word}');
  export default { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
`;

describe('cairnloop dev when a module of the host changes', function () {
  this.timeout(180_000);

  it('restarts with the new module, shows an error and keeps running, and stops at one signal', async () => {
    const database = await createTestDatabase();
    const host = tempHost({
      'package.json': { type: 'module' },
      'src/notifier.mjs': notifierSaying('one'),
      'cairnloop.config.mjs': `
        import notifier from './src/notifier.mjs';
        export default { database: { url: process.env.DATABASE_URL }, notifier };
      `,
    });
    const child = spawn(process.execPath, [bin, 'dev', '--port', '0', '--ops-port', '0'], {
      cwd: host.folder,
      env: { ...process.env, DATABASE_URL: database.url, CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    const times = (pattern: RegExp) => [...said.matchAll(pattern)].length;
    const until = (pattern: RegExp, count: number) =>
      eventually(() => assert.equal(times(pattern), count, said), 60_000);
    try {
      await until(/Ctrl-C stops/g, 1);
      assert.match(said, /module says one/);
      host.write('src/notifier.mjs', notifierSaying('two'));
      await until(/Ctrl-C stops/g, 2);
      assert.match(said, /A module has changed: restarting[\s\S]*module says two/);
      host.write('src/notifier.mjs', 'export default {');
      await until(/It starts again when a module changes/g, 1);
      assert.match(said, /SyntaxError|Unexpected|cannot be imported/);
      host.write('src/notifier.mjs', notifierSaying('three'));
      await until(/Ctrl-C stops/g, 3);
      // A folder that was not there when it started.
      host.write('later/words.mjs', `export const word = 'four';`);
      const fromLater = `${notifierSaying('$')}`.replace("'module says $'", "'module says ' + word");
      host.write('src/notifier.mjs', `import { word } from '../later/words.mjs';${fromLater}`);
      await until(/Ctrl-C stops/g, 4);
      assert.match(said, /module says four/);
      host.write('later/words.mjs', `export const word = 'five';`);
      await until(/Ctrl-C stops/g, 5);
      assert.match(said, /module says five/);
      child.kill('SIGTERM');
      assert.deepEqual(await once(child, 'exit'), [0, null]);
    } finally {
      child.kill('SIGKILL');
      await database.drop();
      host.remove();
    }
  });
});
