import { cairnloop } from 'cairnloop/fastify';
import fastify from 'fastify';
import config from './cairnloop.config.js';
import { page } from './page.js';
import { customerOf, operatorOf, signIn } from './session.js';
import { address, announce, cannotListen, onSignal } from './start.js';

const app = fastify();
await app.register(cairnloop, {
  config,
  operations: true,
  workspace: { basePath: '/support', operator: (request) => operatorOf(request.headers.get('cookie')) },
  portal: { basePath: '/help', customer: (request) => customerOf(request.headers.get('cookie')) },
});
app.get('/', (_request, reply) => reply.type('text/html').send(page));
app.get('/sign-in/:who', ({ params, query }, reply) => {
  const cookie = signIn(params.who, query.secret);
  if (!cookie) return reply.code(401).send();
  return reply.header('set-cookie', cookie).redirect(params.who === 'operator' ? '/support' : '/help');
});

await app.listen(address).catch(cannotListen);
announce(app.server);
// Ends live pages first, then the server and the connections of Cairnloop.
onSignal(() => app.close());
