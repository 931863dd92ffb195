import { serve } from '@hono/node-server';
import { createCairnloop } from 'cairnloop';
import { Hono } from 'hono';
import config from './cairnloop.config.js';
import { page } from './page.js';
import { customerOf, operatorOf, signIn } from './session.js';
import { address, announce, onSignal } from './start.js';

const cairnloop = await createCairnloop(config);
const operations = cairnloop.operations();
const workspace = cairnloop.workspace({
  basePath: '/support',
  operator: (request) => operatorOf(request.headers.get('cookie')),
});
const portal = cairnloop.portal({
  basePath: '/help',
  customer: (request) => customerOf(request.headers.get('cookie')),
});

const app = new Hono();
app.all('/health/*', (c) => operations.fetch(c.req.raw));
app.all('/metrics', (c) => operations.fetch(c.req.raw));
app.all('/support/*', (c) => workspace.fetch(c.req.raw));
app.all('/help/*', (c) => portal.fetch(c.req.raw));
app.get('/', (c) => c.html(page));
app.get('/sign-in/:who', (c) => {
  const cookie = signIn(c.req.param('who'), c.req.query('secret'));
  if (!cookie) return c.body(null, 401);
  c.header('set-cookie', cookie);
  return c.redirect(c.req.param('who') === 'operator' ? '/support' : '/help');
});

const server = serve({ fetch: app.fetch, hostname: address.host, port: address.port });
announce(server);
onSignal(() => {
  // Open pages hold a live stream each, which the server would wait for.
  workspace.close();
  portal.close();
  server.close(() => cairnloop.close());
});
