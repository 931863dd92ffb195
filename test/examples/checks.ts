/** What every example does, with any framework. */
import assert from 'node:assert/strict';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { client, tokenIn } from '../workspace/served-workspace.js';
import type { Running } from './processes.js';

export const secret = 'let-me-in';
export const sessions = { OPERATOR_SESSION: secret, CUSTOMER_SESSION: secret };
export const signedIn = { cookie: `other=1; session=${secret}` };
const asCustomer = { cookie: `customer=${secret}` };

export type Send = (path: string, init?: RequestInit) => Promise<Response>;

export const sendTo =
  (origin: string): Send =>
  (path, init) =>
    fetch(`${origin}${path}`, { redirect: 'manual', ...init });

/** Probes, the workspace and the portal stand beside the host's own page, each for whom the session knows. */
export async function answersAsItShould(origin: string, send: Send): Promise<void> {
  const ask: (...request: Parameters<Send>) => Promise<[number, string]> = async (...request) => {
    const response = await send(...request);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await ask('/'), [200, 'The shop']);
  assert.deepEqual(await ask('/health'), [200, '{"status":"ok"}']);
  assert.equal((await ask('/health/ready'))[0], 200);
  assert.match((await ask('/metrics'))[1], /^# HELP cairnloop_/);
  assert.equal((await ask('/nowhere'))[0], 404);

  const strangers: Record<string, string>[] = [{}, { cookie: 'session=wrong' }, { cookie: `session=${secret}x` }];
  for (const headers of strangers) {
    for (const path of ['/support', '/support/', '/support/audit', '/support/live']) {
      const [status, text] = await ask(path, { headers });
      assert.equal(status, 401, path);
      assert.doesNotMatch(text, /<html|Invoice|Maya/);
    }
  }
  for (const headers of [{}, { cookie: 'customer=wrong' }, signedIn]) {
    const [status, text] = await ask('/help', { headers: headers as Record<string, string> });
    assert.equal(status, 401);
    assert.doesNotMatch(text, /Invoice/);
  }
  const [answered, threads] = await ask('/help', { headers: asCustomer });
  assert.equal(answered, 200, threads);
  assert.match(threads, /Invoice total looks wrong/);
  const [status, queue] = await ask('/support', { headers: signedIn });
  assert.equal(status, 200);
  assert.match(queue, /Invoice total looks wrong/);
  assert.match(queue, /Maya/);

  const form = (from: string): RequestInit => ({
    method: 'POST',
    headers: { ...signedIn, origin: from },
    body: new URLSearchParams({ token: tokenIn(queue), theme: 'dark' }),
  });
  assert.equal((await ask('/support/theme', form('https://evil.example')))[0], 403);
  assert.equal((await ask('/support/theme', form(origin)))[0], 303);
}

/** An operator's form reaches the workspace also where the host reads bodies. */
export async function takesANote(origin: string, name: string): Promise<void> {
  const { get, post } = client(origin, '/support');
  const conversation = /href="\/support(\/c\/[^"?#]+)/.exec((await get('', signedIn)).text)?.[1];
  const noted = await post(`${conversation}/compose`, { mode: 'note', content: `seen in ${name}` }, signedIn);
  assert.equal(noted.status, 303, noted.text);
  assert.ok((await get(conversation ?? '', signedIn)).text.includes(`seen in ${name}`));
}

/** With a live page open, SIGTERM ends the host, and with success. */
export async function endsOnSignal(origin: string, { child, ended }: Pick<Running, 'child' | 'ended'>): Promise<void> {
  const live = await fetch(`${origin}/support/live`, { headers: signedIn });
  assert.equal(live.status, 200);
  child.kill('SIGTERM');
  await live.text().catch(() => {});
  const { code, output } = await ended;
  assert.equal(code, 0, output);
}

/** Once 201, then 409, with one conversation and one row of the shop. Returns the subject of the conversation. */
export async function refundsOnce(name: string, send: Send, database: TestDatabase): Promise<string> {
  const order = `${name}-7`;
  const refund = (headers: Record<string, string>) => send(`/orders/${order}/refund`, { method: 'POST', headers });
  assert.equal((await refund({})).status, 401);
  const done = await refund(signedIn);
  assert.equal(done.status, 201);
  assert.equal((await refund(signedIn)).status, 409);
  const subject = `Refund of order ${order}`;
  const { rows } = await database.query('SELECT id FROM cairnloop.conversations WHERE subject = $1', [subject]);
  assert.deepEqual(rows, [{ id: await done.text() }]);
  const { rowCount } = await database.query('SELECT FROM refunds WHERE "orderId" = $1', [order]);
  assert.equal(rowCount, 1);
  return subject;
}

/** The mail server got one mail with the answer, from the notifier that the worker called. */
export async function isMailed(subject: string, catcher: Pick<Running, 'output'>): Promise<void> {
  await eventually(() => {
    const mails = catcher
      .output()
      .split(/^(?=From: )/m)
      .filter((mail) => mail.includes(`Subject: ${subject}\n`));
    assert.equal(mails.length, 1, `${mails.length} mails about "${subject}"`);
    assert.match(mails[0] ?? '', /^To: ada@customer\.example$/m);
    assert.match(mails[0] ?? '', /^Message-ID: <\S+@shop\.example>$/m);
    assert.match(mails[0] ?? '', /^Your money is on its way\.$/m);
  });
}
