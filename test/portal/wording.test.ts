import assert from 'node:assert/strict';
import { operator, useHosts } from '../support/started-host.js';
import { customer, usePortals } from './served-portal.js';

describe('texts of the portal', () => {
  const { startHost } = useHosts();
  const serve = usePortals();

  it('label a resolved conversation, and not an open one', async () => {
    const host = await startHost({}, { worker: false });
    const { conversations } = host.cairnloop;
    const portal = await serve(host);
    const { id } = await conversations.open({ actorId: customer.id, message: 'x' });
    assert.doesNotMatch((await portal.get('/')).text, /class="state"/);
    await conversations.resolve(id, { resolvedBy: operator });
    assert.match((await portal.get('/')).text, /<span class="state">Resolved<\/span>/);
  });

  it('are in the customer’s language in API responses, also in refusals', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host);
    const german = { 'accept-language': 'de' };
    const blank = await portal.api('/conversations', { message: ' ' }, german);
    assert.deepEqual(blank.json, {
      error: { code: 'INPUT_INVALID', message: 'Bitte schreiben Sie zuerst eine Nachricht.' },
    });
    const missing = await portal.api('/conversations/00000000-0000-7000-8000-000000000000', undefined, german);
    assert.match(missing.text, /Diese Anfrage gibt es nicht/);
    const failing = await serve(host, { customer: () => null });
    assert.equal((await failing.api('/conversations', undefined, german)).status, 401);
  });

  it('a customer without hostUserId causes no log line', async () => {
    const host = await startHost({}, { worker: false });
    const answers = [{ id: 'c' }, { id: 'c', hostUserId: undefined }, { id: 'c', hostUserId: null }] as never[];
    for (const answer of answers) {
      const portal = await serve(host, { customer: () => answer });
      assert.equal((await portal.get('/')).status, 200);
    }
    assert.deepEqual(
      host.log.filter(({ msg }) => String(msg).includes('hostUserId')),
      [],
    );
  });

  it('the styles of the host come after those of the page', async () => {
    const host = await startHost({}, { worker: false });
    const portal = await serve(host, { styles: ':root { --cairnloop-accent: rebeccapurple }' });
    const sheets = [...(await portal.get('/')).text.matchAll(/href="\/help([^"]+\.css)"/g)].map(
      ([, path = '']) => path,
    );
    const bodies = await Promise.all(sheets.map(async (path) => (await portal.get(path)).text));
    assert.equal(bodies.length, 2);
    assert.match(bodies[0] ?? '', /--cairnloop-/);
    assert.match(bodies[1] ?? '', /rebeccapurple/);
  });
});
