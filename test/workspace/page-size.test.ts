import { strict as assert } from 'node:assert';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { ok } from '../../src/contracts/result.js';
import { operator, useHosts } from '../support/started-host.js';
import { type ServedWorkspace, useWorkspaces } from './served-workspace.js';

const budget = 40 * 1024;

describe('what a page of the workspace weighs', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openFull() {
    const facts = { Customer: { name: 'Zoë', plan: 'Business' }, Orders: orders };
    const host = await startHost({ contextProvider: { getContext: () => ok(facts) } }, { worker: false });
    const { conversations, drafts } = host.cairnloop;
    const open = (number: number) =>
      conversations.open({
        actorId: `customer-${number}@example.com`,
        subject: `Order ${number} has not arrived, and the tracking page says nothing`,
        message: sentence(number),
        tags: ['shipping'],
      });
    const [{ id } = { id: '' }] = await Promise.all(Array.from({ length: 60 }, (_, number) => open(number)));
    for (let number = 0; number < 40; number += 1) {
      if (number % 2 === 0) await conversations.reply(id, { content: sentence(number), actor: operator });
      else await conversations.receive(id, { content: sentence(number) });
    }
    await drafts.propose(id, { type: 'reply', content: sentence(99), evidence: [{ source: 'Handbook', quote: 'x' }] });
    return { id, workspace: await serve(host) };
  }

  it('is at most 40 KB for a full thread beside a full queue, compressed as a proxy would', async () => {
    const { id, workspace } = await openFull();
    const { text } = await workspace.get(`/c/${id}?context=wait`);
    assert.ok((text.match(/class="message /g)?.length ?? 0) >= 30);
    const size = gzipSync(text).length;
    assert.ok(size <= budget, `${size} bytes`);
  });

  it('is at most 40 KB for the script, and as much for the styles, which a browser fetches once', async () => {
    const { id, workspace } = await openFull();
    const { text } = await workspace.get(`/c/${id}`);
    const paths = [...text.matchAll(/(?:href|src)="\/support(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    const sizes = { js: 0, css: 0 } as Record<string, number>;
    for (const path of new Set(paths)) {
      const type = path.slice(path.lastIndexOf('.') + 1);
      sizes[type] = (sizes[type] ?? 0) + (await fetched(workspace, path, 'br')).bytes.length;
    }
    assert.ok((sizes.js ?? 0) <= budget && (sizes.css ?? 0) <= budget, JSON.stringify(sizes));
  });

  for (const [accept, encoding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', null],
    ['', null],
  ] as const) {
    it(`serves files to a browser that accepts "${accept}" as ${encoding ?? 'they are'}, to be kept for a year`, async () => {
      const workspace = await serve(await startHost({}, { worker: false }));
      const { text } = await workspace.get('/');
      const path = /href="\/support(\/assets\/[^"]+\.css)"/.exec(text)?.[1] ?? '';
      const plain = await fetched(workspace, path, 'identity');
      const { headers, bytes } = await fetched(workspace, path, accept);
      assert.equal(headers.get('content-encoding'), encoding);
      assert.equal(headers.get('vary'), 'accept-encoding');
      assert.match(headers.get('cache-control') ?? '', /max-age=31536000, immutable/);
      const decode = { br: brotliDecompressSync, gzip: gunzipSync };
      assert.deepEqual(encoding ? decode[encoding](bytes) : bytes, plain.bytes);
    });
  }
});

const orders = Array.from({ length: 5 }, (_, number) => ({ id: `A-${number}`, total: '$129.00', on: '2026-03-04' }));

const sentence = (number: number) =>
  `Message ${number}: I looked at the tracking page again this morning, and it still says that the parcel waits at the depot since Monday. `.repeat(
    2,
  );

/** The bytes as they came over the wire: `fetch` would have unpacked them. */
async function fetched({ url }: ServedWorkspace, path: string, accept: string) {
  const { request } = await import('node:http');
  return new Promise<{ headers: Headers; bytes: Buffer }>((resolve, reject) => {
    request(url(path), { headers: accept ? { 'accept-encoding': accept } : {} }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const headers = new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
        resolve({ headers, bytes: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end();
  });
}
