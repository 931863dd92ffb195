import type { Actor } from 'cairnloop';
import { cairnloop, fastifyRequest } from 'cairnloop/fastify';
import fastify from 'fastify';
import config from '../cairnloop.config.js';
import { address, announce, onSignal } from '../host-process.js';
import { openShop } from '../refund.js';
import { customerOf, operatorOf } from '../session.js';

declare module 'fastify' {
  interface FastifyRequest {
    operator: Actor | null;
    customer: Actor | null;
  }
}

const shop = await openShop();

const app = fastify();
app.decorateRequest('operator', null);
app.decorateRequest('customer', null);
app.addHook('onRequest', async (request) => {
  request.operator = operatorOf(request.headers.cookie);
  request.customer = customerOf(request.headers.cookie);
});
// After the hook that reads the session.
await app.register(cairnloop, {
  config,
  operations: true,
  workspace: {
    basePath: '/support',
    operator: (_request, { incoming }) => fastifyRequest(incoming)?.operator ?? null,
  },
  portal: {
    basePath: '/help',
    customer: (_request, { incoming }) => fastifyRequest(incoming)?.customer ?? null,
  },
});
app.get('/', () => 'The shop');
// Put your own guard against forged requests before it.
app.post<{ Params: { id: string } }>('/orders/:id/refund', async ({ operator, params }, reply) => {
  if (!operator) return reply.code(401).send();
  const conversationId = await shop.refund(app.cairnloop, params.id, operator);
  return reply.code(conversationId ? 201 : 409).send(conversationId ?? 'refunded already');
});

await app.listen(address);
announce(app.server);
onSignal(async () => {
  // Ends live pages first, then the server and the connections of Cairnloop.
  await app.close();
  await shop.close();
});
