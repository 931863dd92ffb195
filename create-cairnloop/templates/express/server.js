import { createCairnloop } from 'cairnloop';
import express from 'express';
import config from './cairnloop.config.js';
import { page } from './page.js';
import { customerOf, operatorOf, signIn } from './session.js';
import { address, announce, onSignal } from './start.js';

const cairnloop = await createCairnloop(config);
const workspace = cairnloop.workspace({
  basePath: '/support',
  operator: (request) => operatorOf(request.headers.get('cookie')),
});
const portal = cairnloop.portal({
  basePath: '/help',
  customer: (request) => customerOf(request.headers.get('cookie')),
});

const app = express();
app.use(cairnloop.operations().node, workspace.node, portal.node);
app.get('/', (_request, response) => {
  response.send(page);
});
app.get('/sign-in/:who', (request, response) => {
  const cookie = signIn(request.params.who, request.query.secret);
  if (!cookie) return response.sendStatus(401);
  response.set('set-cookie', cookie).redirect(request.params.who === 'operator' ? '/support' : '/help');
});

const server = app.listen(address.port, address.host);
announce(server);
onSignal(() => {
  // Open pages hold a live stream each, which the server would wait for.
  workspace.close();
  portal.close();
  server.close(() => cairnloop.close());
});
