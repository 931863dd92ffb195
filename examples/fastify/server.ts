import type { IncomingMessage } from 'node:http';
import { type Actor, type Cairnloop, createCairnloop } from 'cairnloop';
import fastify, { type FastifyRequest, type onRequestHookHandler } from 'fastify';
import config from '../cairnloop.config.js';
import { address, announce, onSignal } from '../host-process.js';
import { customerOf, operatorOf } from '../session.js';

declare module 'fastify' {
  interface FastifyRequest {
    operator: Actor | null;
    customer: Actor | null;
  }
}

/** Fastify's request of Node's, so that the workspace sees the session that the hook below has read. */
const requests = new WeakMap<IncomingMessage, FastifyRequest>();

const cairnloop = await createCairnloop(config);
const workspace = cairnloop.workspace({
  basePath: '/support',
  operator: (_request, { incoming }) => (incoming && requests.get(incoming)?.operator) ?? null,
});
const portal = cairnloop.portal({
  basePath: '/help',
  customer: (_request, { incoming }) => (incoming && requests.get(incoming)?.customer) ?? null,
});

const app = fastify();
// Before the session: probes do not sign in.
app.addHook('onRequest', mounted(cairnloop.operations()));
app.decorateRequest('operator', null);
app.decorateRequest('customer', null);
app.addHook('onRequest', (request, _reply, done) => {
  request.operator = operatorOf(request.headers.cookie);
  request.customer = customerOf(request.headers.cookie);
  requests.set(request.raw, request);
  done();
});
app.addHook('onRequest', mounted(workspace));
app.addHook('onRequest', mounted(portal));
app.get('/', () => 'The shop');

app.addHook('preClose', async () => {
  workspace.close();
  portal.close();
});
app.addHook('onClose', () => cairnloop.close());
await app.listen(address);
announce(app.server);
onSignal(() => app.close());

/** Answers in Fastify's stead, before it reads a body; what is not the handler's goes on. */
function mounted({ node }: ReturnType<Cairnloop['operations']>): onRequestHookHandler {
  return (request, reply, done) => {
    node(request.raw, reply.raw, () => done()).catch(done);
  };
}
