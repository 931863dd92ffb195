/** A process of the host that receives customer messages: nothing of it is shared with the workspace but the database. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);

export async function startReceiver(url) {
  const child = fork(self, [url], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await once(child, 'message');
  return {
    /** Returns when the message had been committed, in milliseconds since the epoch. */
    async receive(id, content) {
      child.send({ id, content });
      const [{ committedAt }] = await once(child, 'message');
      return committedAt;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

if (process.argv[1] === self) await serve(process.argv[2]);

async function serve(url) {
  const { pino } = await import('pino');
  const { createCairnloop } = await import('../../dist/index.js');
  const cairnloop = await createCairnloop({ database: { url } }, { logger: pino({ level: 'silent' }) });
  process.on('message', async ({ id, content }) => {
    await cairnloop.conversations.receive(id, { content });
    process.send({ committedAt: Date.now() });
  });
  process.on('disconnect', () => cairnloop.close());
  process.send('ready');
}
