import assert from 'node:assert/strict';
import { execa } from 'execa';
import { tempHost } from '../support/temp-host.js';

const test = `
  const notifier = { onConversationResolved() {}, onSlaBreach() {} };
  checkNotifier(notifier).then((report) => console.log(JSON.stringify(report.problems)));
`;

describe('cairnloop/testing', () => {
  for (const [file, text] of [
    ['check.mjs', `import { checkNotifier } from 'cairnloop/testing';${test}`],
    ['check.cjs', `const { checkNotifier } = require('cairnloop/testing');${test}`],
  ] as const) {
    it(`is imported by a host from ${file}, and leaves nothing running`, async () => {
      const host = tempHost({ 'package.json': {}, [file]: text });
      const { stdout, stderr } = await execa(process.execPath, [file], { cwd: host.folder, timeout: 60_000 });
      assert.deepEqual(JSON.parse(stdout), ['shape: notifier.onOutboundTriggered: expected a method, found nothing']);
      assert.doesNotMatch(stderr, /Error/);
      host.remove();
    });
  }
});
