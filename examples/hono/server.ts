import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { type Actor, createCairnloop } from 'cairnloop';
import { Hono } from 'hono';
import { contextStorage, getContext } from 'hono/context-storage';
import config from '../cairnloop.config.js';
import { address, announce, onSignal, stop } from '../host-process.js';
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

const server = serve({ fetch: app.fetch, hostname: address.host, port: address.port }) as Server;
announce(server);
onSignal(() => stop(server, cairnloop, workspace, portal));
