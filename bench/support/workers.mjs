/** Worker processes that run until they are asked to stop, and report their calls: `{ method, id, at, dueAt }`. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);

/** Starts `count` of them; `onCall` is called with every call when `options.report` is set. */
export async function startWorkers(url, count, options, onCall = () => {}) {
  const children = Array.from({ length: count }, () =>
    fork(self, [url, JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  for (const child of children) child.on('message', (calls) => calls.forEach(onCall));
  return {
    async stop() {
      await Promise.all(
        children.map((child) => {
          const gone = once(child, 'exit');
          child.send('stop');
          return gone;
        }),
      );
    },
  };
}

if (process.argv[1] === self) await serve(process.argv[2], JSON.parse(process.argv[3]));

async function serve(url, { concurrency, callbackMs = 0, report = false, policies }) {
  const { pino } = await import('pino');
  const { createCairnloop } = await import('../../dist/index.js');
  let told = [];
  const tell = (call) => {
    if (!report) return;
    if (told.length === 0) setTimeout(flush, 50);
    told.push({ ...call, at: performance.timeOrigin + performance.now() });
  };
  const flush = () => {
    process.send(told);
    told = [];
  };
  const wait = () => (callbackMs > 0 ? new Promise((resolve) => setTimeout(resolve, callbackMs)) : undefined);
  const cairnloop = await createCairnloop(
    {
      database: { url },
      worker: { concurrency },
      ...(policies && {
        slaPolicyProvider: {
          getActivePolicies: () => ({ ok: true, value: policies }),
          setPolicy: () => ({ ok: false, error: 'read-only' }),
        },
      }),
      notifier: {
        onConversationResolved(conversation) {
          tell({ method: 'resolved', id: conversation.id });
          return wait();
        },
        onSlaBreach(_conversation, sla) {
          tell({ method: 'breach', id: sla.id, dueAt: sla.breachAt.getTime() });
          return wait();
        },
        onOutboundTriggered() {},
      },
    },
    { logger: pino({ level: 'silent' }) },
  );
  await cairnloop.worker.start();
  process.on('message', async () => {
    await cairnloop.close();
    process.exit(0);
  });
  process.send('ready');
}
