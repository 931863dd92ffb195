import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { type Actor, createCairnloop } from 'cairnloop';
import { Hono } from 'hono';
import { contextStorage, getContext } from 'hono/context-storage';
import config from '../cairnloop.config.js';
import { address, announce, onSignal, stop } from '../host-process.js';
import { openShop } from '../refund.js';
import { customerOf, operatorOf } from '../session.js';

type Env = { Variables: { operator: Actor | null; customer: Actor | null } };

const cairnloop = await createCairnloop(config);
const operations = cairnloop.operations();
const workspace = cairnloop.workspace({
  basePath: '/support',
  operator: () => getContext<Env>().var.operator,
});
const portal = cairnloop.portal({
  basePath: '/help',
  customer: () => getContext<Env>().var.customer,
});

const shop = await openShop();

const app = new Hono<Env>();
// Before the session: probes do not sign in.
app.all('/health/*', (c) => operations.fetch(c.req.raw));
app.all('/metrics', (c) => operations.fetch(c.req.raw));
app.use(contextStorage(), (c, next) => {
  c.set('operator', operatorOf(c.req.header('cookie')));
  c.set('customer', customerOf(c.req.header('cookie')));
  return next();
});
app.all('/support/*', (c) => workspace.fetch(c.req.raw));
app.all('/help/*', (c) => portal.fetch(c.req.raw));
app.get('/', (c) => c.text('The shop'));
// Your own guard against forged requests stands before it.
app.post('/orders/:id/refund', async (c) => {
  const { operator } = c.var;
  if (!operator) return c.body(null, 401);
  const conversationId = await shop.refund(cairnloop, c.req.param('id'), operator);
  return c.text(conversationId ?? 'refunded already', conversationId ? 201 : 409);
});

const server = serve({ fetch: app.fetch, hostname: address.host, port: address.port }) as Server;
announce(server);
onSignal(async () => {
  await stop(server, cairnloop, workspace, portal);
  await shop.close();
});
