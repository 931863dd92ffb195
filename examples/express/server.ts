import type { IncomingMessage } from 'node:http';
import { type Actor, createCairnloop } from 'cairnloop';
import express from 'express';
import config from '../cairnloop.config.js';
import { address, announce, onSignal, stop } from '../host-process.js';
import { openShop } from '../refund.js';
import { customerOf, operatorOf } from '../session.js';

/** What the session middleware below leaves on a request, as express-session leaves `session`. */
type SignedInRequest = IncomingMessage & { operator?: Actor | null; customer?: Actor | null };

const cairnloop = await createCairnloop(config);
const workspace = cairnloop.workspace({
  basePath: '/support',
  operator: (_request, { incoming }) => (incoming as SignedInRequest).operator ?? null,
});
const portal = cairnloop.portal({
  basePath: '/help',
  customer: (_request, { incoming }) => (incoming as SignedInRequest).customer ?? null,
});
const shop = await openShop();

const app = express();
// Before the session: probes do not sign in.
app.use(cairnloop.operations().node);
app.use((request: SignedInRequest, _response, next) => {
  request.operator = operatorOf(request.headers.cookie);
  request.customer = customerOf(request.headers.cookie);
  next();
});
app.use(workspace.node);
app.use(portal.node);
app.get('/', (_request, response) => {
  response.send('The shop');
});
// Your own guard against forged requests stands before it.
app.post('/orders/:id/refund', async (request, response) => {
  const { operator } = request as SignedInRequest;
  if (!operator) return void response.sendStatus(401);
  const conversationId = await shop.refund(cairnloop, request.params.id, operator);
  response.status(conversationId ? 201 : 409).send(conversationId ?? 'refunded already');
});

const server = app.listen(address.port, address.host);
announce(server);
onSignal(async () => {
  await stop(server, cairnloop, workspace, portal);
  await shop.close();
});
