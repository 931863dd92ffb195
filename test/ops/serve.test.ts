import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ListenAddress, serveOnAddress } from '../../src/ops/serve.js';

describe('serve', () => {
  it('says which server found its port taken, and how to change that port', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const app = { fetch: async () => new Response(), node: async () => {} };
    const refused = (server: ListenAddress['server'], message: RegExp, hint: RegExp) =>
      assert.rejects(serveOnAddress(app, { server, host: '127.0.0.1', port }), { code: 'PORT_TAKEN', message, hint });
    try {
      await refused('ops server', /^The ops server cannot listen on 127/, /ops\.port/);
      await refused('workspace', /^The workspace cannot listen on 127/, /another port with --port/);
    } finally {
      taken.close();
    }
  });
});
