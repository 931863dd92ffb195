import { strict as assert } from 'node:assert';
import pg from 'pg';
import { recordingNotifier } from '../support/recording-notifier.js';
import { useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';

describe('the statements of a page', () => {
  const serve = useWorkspaces();
  const { startHost } = useHosts();

  /** Runs `work` and returns the named statements that this process sent meanwhile, and whether one waited for another. */
  async function statementsOf(work: () => Promise<unknown>): Promise<{ names: string[]; rounds: number }> {
    const { query } = pg.Client.prototype;
    const names: string[] = [];
    let rounds = 1;
    let answered = false;
    pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
      const result = (query as (...given: unknown[]) => unknown).apply(this, given);
      const { name } = (given[0] ?? {}) as { name?: string };
      if (!name) return result;
      if (answered) rounds += 1;
      answered = false;
      names.push(name);
      const note = () => {
        answered = true;
      };
      (result as Promise<unknown>).then(note, note);
      return result;
    } as typeof query;
    try {
      await work();
    } finally {
      pg.Client.prototype.query = query;
    }
    return { names, rounds };
  }

  for (const withNotifier of [true, false])
    it(`are three for the queue and four for a thread, in one round, ${withNotifier ? 'with' : 'without'} a notifier in the process`, async () => {
      const { notifier } = recordingNotifier();
      const host = await startHost(withNotifier ? { notifier } : {}, { worker: false });
      const { conversations } = host.cairnloop;
      const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'The first one fails' });
      for (let count = 0; count < 70; count += 1) await conversations.receive(id, { content: `No. ${count}` });
      const workspace = await serve(host);
      const paths = {
        '/': 3,
        '/?filter=mine': 3,
        '/?q=fails': 3,
        [`/c/${id}`]: 4,
        [`/c/${id}?filter=unassigned`]: 4,
        [`/c/${id}?q=fails`]: 4,
        [`/c/${id}?q=nothing-like-it`]: 4,
      };
      // The first requests open connections and read what the process keeps.
      await Promise.all(Object.keys(paths).map((path) => workspace.get(path)));
      for (const [path, most] of Object.entries(paths)) {
        const { names, rounds } = await statementsOf(async () => {
          const { status, text } = await workspace.get(path);
          assert.equal(status, 200, path);
          if (path === `/c/${id}?q=fails`) assert.match(text, /<mark>/, path);
        });
        assert.ok(names.length > 0 && names.length <= most, `${path}: ${names}`);
        assert.equal(rounds, 1, `${path}: ${names}`);
      }
    });
});
