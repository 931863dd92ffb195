import { strict as assert } from 'node:assert';
import { createTextComparer } from '../../src/workspace/word-diff.js';
import { operator, type StartedHost, useHosts } from '../support/started-host.js';
import { textOf, useWorkspaces } from './served-workspace.js';

/** Words that have nothing in common with those of another seed, at least so many characters. */
const words = (seed: string, length: number) =>
  Array.from({ length: Math.ceil(length / 8) }, (_, n) => `${seed}${n}`.padEnd(7, 'x'))
    .join(' ')
    .slice(0, length);

describe('comparison of drafts with the sent text', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function editMany({ cairnloop }: StartedHost, count: number, proposed: string, sent: string) {
    const { id } = await cairnloop.conversations.open({ actorId: 'c', message: 'Hello' });
    for (let n = 0; n < count; n += 1) {
      const draft = await cairnloop.drafts.propose(id, { type: 'reply', content: proposed });
      await cairnloop.drafts.edit(draft.id, { content: `${sent} ${n}`, actor: operator });
    }
    return id;
  }

  const sizes: [name: string, proposed: string, sent: string][] = [
    ['of 20 kB', words('a', 20_000), words('b', 11_000)],
    ['of 20 kB that are longer than a thread shows', words('a', 20_000), words('b', 19_000)],
    ['of a megabyte', words('a', 900_000), words('b', 11_000)],
  ];
  for (const [name, proposed, sent] of sizes) {
    it(`has one time budget per page: most of 40 rewritten drafts ${name} are compared on separate pages`, async () => {
      const host = await startHost({}, { worker: false });
      const id = await editMany(host, 40, proposed, sent);
      const workspace = await serve(host);
      const page = await workspace.get(`/c/${id}`);
      assert.equal(page.status, 200);
      const links = [
        ...page.text.matchAll(/href="\/support(\/c\/[^"]+\/messages\/[^"]+)">Show the changes to the draft/g),
      ];
      const compared = page.text.match(/<ins>|<del>/g)?.length ?? 0;
      assert.ok(compared < 3 * 4000, `${compared} changed words are on the page`);
      if (name === 'of a megabyte') return;
      assert.ok(links.length >= 37, `${links.length} links`);
      const whole = await workspace.get(links[0]?.[1] ?? '');
      assert.match(textOf(whole.text), /What was changed.*(?:a0|rewritten)/);
    });
  }

  it('is shown beside each message if it is small', async () => {
    const host = await startHost({}, { worker: false });
    const id = await editMany(host, 45, 'We send it within the hour.', 'We send it within two hours.');
    const { text } = await (await serve(host)).get(`/c/${id}`);
    assert.equal(text.match(/<del>the hour/g)?.length, 45);
    assert.doesNotMatch(text, /Show the changes to the draft/);
  });

  it('is made first for the draft that is being edited', async () => {
    const host = await startHost({}, { worker: false });
    const id = await editMany(host, 20, words('a', 20_000), words('b', 11_000));
    const draft = await host.cairnloop.drafts.propose(id, { type: 'reply', content: 'Proposed words' });
    const workspace = await serve(host);
    const { text } = await workspace.post(`/drafts/${draft.id}/preview`, { content: 'Proposed letters' });
    assert.match(text, /<del>words<\/del><ins>letters<\/ins>/);
  });
});

describe('a comparer', () => {
  it('stops at its character limit, also if one pair exceeds it', () => {
    const { compare } = createTextComparer({ characters: 20, timeMs: 60_000 });
    assert.equal(compare('same', 'same'), 'none');
    assert.ok(Array.isArray(compare('one two', 'one 2')));
    assert.equal(compare('three four', 'three 4'), 'later');
    assert.equal(createTextComparer({ characters: 20 }).compare('x'.repeat(20), 'y'), 'later');
    assert.equal(createTextComparer().compare('x'.repeat(20_001), 'y'), 'rewritten');
  });

  it('stops at its time limit', () => {
    const { compare } = createTextComparer({ timeMs: 0 });
    assert.equal(compare('one', 'two'), 'later');
  });
});
