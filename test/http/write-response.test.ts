import assert from 'node:assert/strict';
import { writeResponse } from '../../src/http/write-response.js';
import { useServers } from './served.js';

describe('a Response that is written to Node’s', () => {
  const { listen } = useServers();

  it('keeps every cookie, also those of the host, and adds none', async () => {
    const origin = await listen((request, response) => {
      response.setHeader('x-host', 'yes');
      const headers = new Headers({ 'x-ours': 'yes' });
      if (request.url === '/two') for (const cookie of ['a=1; Path=/', 'b=2']) headers.append('set-cookie', cookie);
      void writeResponse(new Response('text', { status: 201, headers }), response);
    });
    const two = await fetch(`${origin}/two`);
    assert.deepEqual(two.headers.getSetCookie(), ['a=1; Path=/', 'b=2']);
    assert.deepEqual([two.status, two.headers.get('x-host'), two.headers.get('x-ours')], [201, 'yes', 'yes']);
    assert.equal(await two.text(), 'text');
    assert.deepEqual((await fetch(origin)).headers.getSetCookie(), []);
  });
});
