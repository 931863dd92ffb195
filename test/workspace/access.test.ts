import { strict as assert } from 'node:assert';
import { loadCsrfTokens } from '../../src/http/csrf-tokens.js';
import { workspaceRoutes } from '../../src/workspace/routes.js';
import type { WorkspaceOptions } from '../../src/workspace/workspace.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { type ServedWorkspace, tokenIn, useWorkspaces } from './served-workspace.js';

/** Ids that exist, so that a check that is missing would let something happen. */
interface Existing {
  conversation: string;
  draft: string;
  message: string;
  delivery: string;
}

describe('access to the workspace', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function start(): Promise<StartedHost & { existing: Existing }> {
    const host = await startHost({ notifier }, { worker: false });
    const { cairnloop } = host;
    const { id } = await cairnloop.conversations.open({
      actorId: 'c-1',
      subject: 'Secret subject',
      message: 'Secret words',
    });
    const draft = await cairnloop.drafts.propose(id, { type: 'reply', content: 'Secret draft' });
    const outbound = await cairnloop.outbound.trigger(id, {
      templateId: 't',
      content: 'Secret outbound',
      scheduleInSeconds: 3600,
      actor: operator,
    });
    const [delivery] = await host.deliveries('outbound');
    assert.ok(delivery);
    return {
      ...host,
      existing: { conversation: id, draft: draft.id, message: outbound.message.id, delivery: delivery.id },
    };
  }

  const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };

  /** The address of a route with ids that exist. */
  const pathOf = (path: string, existing: Existing) =>
    path
      .replace('/c/:id', `/c/${existing.conversation}`)
      .replace('/drafts/:id', `/drafts/${existing.draft}`)
      .replace('/deliveries/:id', `/deliveries/${existing.delivery}`)
      .replace(':message', existing.message)
      .replace(':version/:name', 'v/main.js');

  /** Everything that a request could have changed. */
  const stateOf = async ({ database }: StartedHost) => {
    const tables = ['conversations', 'messages', 'drafts', 'deliveries', 'audit_events', 'slas', 'bulk_envelopes'];
    const rows = await Promise.all(
      tables.map((table) => database.query(`select * from cairnloop.${table} order by id`)),
    );
    return JSON.stringify(rows.map((result) => result.rows));
  };

  const send = async (
    workspace: ServedWorkspace,
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
    chunked = false,
  ) => {
    const sent = chunked ? { body: new Blob([body ?? '']).stream(), duplex: 'half' as const } : { body: body ?? '' };
    const response = await fetch(workspace.url(path), {
      method,
      headers,
      redirect: 'manual',
      ...(method === 'POST' && sent),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };

  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  /** A request that would be taken if the operator were known. */
  const goodRequest = async (host: StartedHost, serveOptions: Partial<WorkspaceOptions> = {}) => {
    const trusted = await serve(host, serveOptions);
    return { trusted, token: tokenIn((await trusted.get('/')).text) };
  };

  const strangers: { name: string; operator: unknown; status: number }[] = [
    { name: 'no operator function', operator: undefined, status: 503 },
    { name: 'an operator function that returns null', operator: () => null, status: 401 },
    { name: 'one that returns undefined', operator: () => undefined, status: 401 },
    {
      name: 'one that throws',
      operator: () => {
        throw new Error('Secret reason');
      },
      status: 401,
    },
    { name: 'one that rejects', operator: () => Promise.reject(new Error('Secret reason')), status: 401 },
    { name: 'one that returns {}', operator: () => ({}), status: 401 },
    { name: 'one that returns an empty id', operator: () => ({ id: ' ' }), status: 401 },
    { name: 'one that returns 0 as id', operator: () => ({ id: 0 }), status: 401 },
    { name: 'one that returns a text', operator: () => 'op-1', status: 401 },
  ];

  for (const stranger of strangers) {
    it(`responds with ${stranger.status} on every route with ${stranger.name}, renders nothing and changes nothing`, async () => {
      const host = await start();
      const { token } = await goodRequest(host);
      const before = await stateOf(host);
      const workspace = await serve(host, { operator: stranger.operator } as Partial<WorkspaceOptions>);
      for (const route of [...workspaceRoutes, { method: 'GET', path: '/nowhere' }]) {
        const headers = { origin: workspace.origin, 'x-user-id': operator.id, ...(route.method === 'POST' && form) };
        const answer = await send(
          workspace,
          route.method,
          pathOf(route.path, host.existing),
          headers,
          `token=${token}&content=x`,
        );
        assert.equal(answer.status, stranger.status, `${route.method} ${route.path}`);
        assert.doesNotMatch(answer.text, /Secret|<html|op-7|Ada/, `${route.method} ${route.path}`);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
      }
      assert.equal(await stateOf(host), before);
    });
  }

  it('says what to configure when there is no operator function', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host, { operator: undefined } as Partial<WorkspaceOptions>);
    const answer = await workspace.get('/');
    assert.equal(answer.status, 503);
    assert.match(answer.text, /operator: \(request\) =>/);
  });

  const forgeries: {
    name: string;
    headers(origin: string): Record<string, string>;
    token: boolean;
    chunked?: boolean;
  }[] = [
    { name: 'another site', headers: () => ({ ...form, origin: 'https://evil.example' }), token: true },
    {
      name: 'another site, as the browser says',
      headers: (origin) => ({ ...form, origin, 'sec-fetch-site': 'cross-site' }),
      token: true,
    },
    {
      name: 'a neighbour site',
      headers: (origin) => ({ ...form, origin, 'sec-fetch-site': 'same-site' }),
      token: true,
    },
    { name: 'nowhere', headers: () => form, token: true },
    {
      name: 'another site in chunks',
      headers: () => ({ ...form, origin: 'https://evil.example' }),
      token: true,
      chunked: true,
    },
    { name: 'nowhere in chunks', headers: () => form, token: true, chunked: true },
    {
      name: 'this site in chunks without a token',
      headers: (origin) => ({ ...form, origin }),
      token: false,
      chunked: true,
    },
    { name: 'an opaque origin', headers: () => ({ ...form, origin: 'null' }), token: true },
    { name: 'this site without a token', headers: (origin) => ({ ...form, origin }), token: false },
    {
      name: 'this site as JSON in plain text',
      headers: (origin) => ({ origin, 'content-type': 'text/plain' }),
      token: true,
    },
    { name: 'this site as JSON', headers: (origin) => ({ origin, 'content-type': 'application/json' }), token: true },
  ];

  for (const forgery of forgeries) {
    it(`refuses every form from ${forgery.name} and changes nothing`, async () => {
      const host = await start();
      const { trusted, token } = await goodRequest(host);
      const before = await stateOf(host);
      for (const route of workspaceRoutes.filter(({ method }) => method === 'POST')) {
        const body = `${forgery.token ? `token=${token}&` : ''}content=x&reason=x&id=${host.existing.conversation}`;
        const answer = await send(
          trusted,
          'POST',
          pathOf(route.path, host.existing),
          forgery.headers(trusted.origin),
          body,
          forgery.chunked,
        );
        assert.equal(answer.status, 403, route.path);
      }
      assert.equal(await stateOf(host), before);
    });
  }

  it('refuses the token of another operator', async () => {
    const host = await start();
    const other = await serve(host, { operator: () => ({ id: 'op-other' }) });
    const token = tokenIn((await other.get('/')).text);
    const { trusted } = await goodRequest(host);
    const headers = { ...form, origin: trusted.origin };
    const answer = await send(trusted, 'POST', `/c/${host.existing.conversation}/resolve`, headers, `token=${token}`);
    assert.equal(answer.status, 403);
  });

  it('accepts a form on the day of its page and the next, and not afterwards', async () => {
    const { database } = await start();
    const secret = await database.query('select secret from cairnloop.workspace_secret');
    let now = Date.parse('2026-03-01T23:59:59Z');
    const tokens = await loadCsrfTokens({ db: { run: async () => secret.rows } } as never, { now: () => now });
    const token = tokens.issue(operator.id);
    for (const [at, taken] of [
      ['2026-03-01T23:59:59Z', true],
      ['2026-03-02T23:59:59Z', true],
      ['2026-03-03T00:00:00Z', false],
      ['2026-02-28T00:00:00Z', false],
    ] as const) {
      now = Date.parse(at);
      assert.equal(tokens.accepts(operator.id, token), taken, at);
      assert.equal(tokens.accepts('op-other', token), false);
    }
  });

  it('accepts a form of another server of the deployment', async () => {
    const host = await start();
    const { token } = await goodRequest(host);
    const second = await serve(host);
    const headers = { ...form, origin: second.origin };
    const answer = await send(second, 'POST', `/c/${host.existing.conversation}/resolve`, headers, `token=${token}`);
    assert.equal(answer.status, 303);
  });

  it('changes nothing by GET: every changing route responds with 405 to it', async () => {
    const host = await start();
    const { trusted, token } = await goodRequest(host);
    const before = await stateOf(host);
    const readable = new Set(workspaceRoutes.filter(({ method }) => method === 'GET').map(({ path }) => path));
    for (const route of workspaceRoutes.filter(({ method, path }) => method === 'POST' && !readable.has(path))) {
      const answer = await trusted.get(`${pathOf(route.path, host.existing)}?token=${token}&content=x`);
      assert.equal(answer.status, 405, route.path);
      assert.equal(answer.headers.get('allow'), 'POST');
    }
    for (const path of readable) if (path !== '/live') await trusted.get(pathOf(path, host.existing));
    assert.equal(await stateOf(host), before);
  });

  it('serves only the configured host names, if any are configured', async () => {
    const host = await start();
    const { trusted: open } = await goodRequest(host);
    assert.equal((await open.get('/')).status, 200);
    const named = await serve(host, { hosts: ['support.example'] });
    const rebound = await named.get('/');
    assert.equal(rebound.status, 403);
    const known = await serve(host, { hosts: ['127.0.0.1'] });
    assert.equal((await known.get('/')).status, 200);
  });

  it('sends security headers with every page', async () => {
    const host = await start();
    const { trusted } = await goodRequest(host);
    for (const path of ['/', `/c/${host.existing.conversation}`, '/audit', '/deliveries', '/sla', '/nowhere']) {
      const { headers, text } = await trusted.get(path);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self'(?:;|$)/);
      assert.match(policy, /style-src 'self'(?:;|$)/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.equal(headers.get('cache-control'), 'no-store', path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.doesNotMatch(text, /<script(?![^>]* src=)|<style| style=| on[a-z]+="/i, path);
    }
  });

  it('serves its files under URLs that change with their content, and no other file', async () => {
    const host = await start();
    const { trusted } = await goodRequest(host);
    const page = (await trusted.get('/')).text;
    const script = /src="\/support(\/assets\/[0-9a-f]{16}\/main\.js)"/.exec(page)?.[1] ?? '';
    const answer = await trusted.get(script);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /text\/javascript/);
    assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
    for (const path of ['/assets/old/main.js', `${script}/..`, script.replace('main.js', '..%2f..%2fpackage.json')]) {
      assert.equal((await trusted.get(path)).status, 404, path);
    }
  });

  it('refuses a body that is larger than any form', async () => {
    const host = await start();
    const { trusted, token } = await goodRequest(host);
    const body = `token=${token}&content=${'x'.repeat(17 * 1024 * 1024)}`;
    const answer = await send(
      trusted,
      'POST',
      `/c/${host.existing.conversation}/compose`,
      { ...form, origin: trusted.origin },
      body,
    );
    assert.equal(answer.status, 413);
  });

  it('refuses a large body without a content-length as well', async () => {
    const host = await start();
    const { trusted, token } = await goodRequest(host);
    const body = `token=${token}&content=${'x'.repeat(17 * 1024 * 1024)}`;
    const path = `/c/${host.existing.conversation}/compose`;
    assert.equal((await send(trusted, 'POST', path, { ...form, origin: trusted.origin }, body, true)).status, 413);
  });

  it('accepts a form in chunks, as some clients and proxies send it', async () => {
    const host = await start();
    const { trusted, token } = await goodRequest(host);
    const path = `/c/${host.existing.conversation}/compose`;
    const body = `token=${token}&mode=reply&content=In+chunks`;
    assert.equal((await send(trusted, 'POST', path, { ...form, origin: trusted.origin }, body, true)).status, 303);
    const { messages } = await host.cairnloop.conversations.get(host.existing.conversation);
    assert.equal(messages?.at(-1)?.content, 'In chunks');
  });

  it('takes a multipart form, and refuses one that is cut off', async () => {
    const host = await start();
    const { trusted, token } = await goodRequest(host);
    const path = `/c/${host.existing.conversation}/compose`;
    const headers = { 'content-type': 'multipart/form-data; boundary=----border-of-parts', origin: trusted.origin };
    const fields = { token, mode: 'note', content: 'In parts' };
    const parts = Object.entries(fields).map(
      ([name, value]) => `------border-of-parts\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    assert.equal(
      (await send(trusted, 'POST', path, headers, `${parts.join('')}------border-of-parts--\r\n`)).status,
      303,
    );
    const before = await stateOf(host);
    for (const broken of [parts.join('').slice(0, -9), 'nothing of the kind', '']) {
      for (const chunked of [false, true]) {
        const answer = await send(trusted, 'POST', path, headers, broken, chunked);
        assert.equal(answer.status, 400, answer.text);
      }
    }
    assert.equal(await stateOf(host), before);
  });

  it('redirects to its own pages only', async () => {
    const host = await start();
    const { trusted } = await goodRequest(host);
    for (const back of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/a b']) {
      const answer = await trusted.post('/theme', { theme: 'dark', back });
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get('location'), '/support/');
    }
  });

  it('responds with 404 to invalid and unknown ids, on every route with an id', async () => {
    const host = await start();
    const { trusted } = await goodRequest(host);
    for (const id of ['1', "x'; drop table x", '00000000-0000-7000-8000-000000000000', '%00', 'a'.repeat(3000)]) {
      const nobody = { conversation: id, draft: id, message: id, delivery: id };
      for (const route of workspaceRoutes.filter(({ path }) => path.includes(':id'))) {
        const path = pathOf(route.path, { ...nobody, message: '00000000-0000-7000-8000-000000000000' });
        const fields = { content: 'x', reason: 'x', mode: 'reply' };
        const answer = route.method === 'GET' ? await trusted.get(path) : await trusted.post(path, fields);
        assert.equal(answer.status, 404, `${route.method} ${path.slice(0, 80)}`);
      }
    }
  });
});
