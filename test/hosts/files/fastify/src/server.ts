import { cairnloop } from 'cairnloop/fastify';
import fastify from 'fastify';
import config from './cairnloop.config.js';

const app = fastify();
await app.register(cairnloop, {
  config,
  operations: true,
  workspace: { basePath: '/support', operator: () => ({ id: 'op_7', name: 'Maya' }) },
});
app.post('/tickets', async () => {
  const { id } = await app.cairnloop.conversations.open({ actorId: 'user_1', message: 'Where is my order?' });
  await app.cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op_7' } });
  return { id };
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });

process.once('SIGTERM', () => app.close());
