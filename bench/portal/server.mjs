/** A process of the host that serves the portal, so that its memory can be measured apart from what its clients hold. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);

export async function startPortal(url) {
  const child = fork(self, [url], { execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [{ port }] = await once(child, 'message');
  return {
    port,
    /** What the process holds after a collection of garbage, in MB. */
    async memory() {
      child.send('memory');
      const [{ rss }] = await once(child, 'message');
      return rss / 2 ** 20;
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
  const { createServer } = await import('node:http');
  const { setTimeout: sleep } = await import('node:timers/promises');
  const { pino } = await import('pino');
  const { createCairnloop } = await import('../../dist/index.js');
  const cairnloop = await createCairnloop({ database: { url } }, { logger: pino({ level: 'silent' }) });
  const customer = (request) => ({ id: request.headers.get('x-customer') });
  const portal = cairnloop.portal({
    basePath: '/help',
    customer,
    rateLimit: { perMinute: 1000, readsPerMinute: 60_000 },
  });
  const server = createServer((request, response) => void portal.node(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.on('message', async () => {
    for (let rounds = 0; rounds < 3; rounds += 1) {
      globalThis.gc();
      await sleep(200);
    }
    process.send(process.memoryUsage());
  });
  process.on('disconnect', async () => {
    server.closeAllConnections();
    server.close();
    await cairnloop.close();
  });
  process.send({ port: server.address().port });
}
