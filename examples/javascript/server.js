import { createCairnloop } from 'cairnloop';
import express from 'express';
import config from './cairnloop.config.js';
import { openShop } from './refund.js';
import { customerOf, operatorOf } from './session.js';

const cairnloop = await createCairnloop(config);
const workspace = cairnloop.workspace({
  basePath: '/support',
  operator: (request) => operatorOf(request.headers.get('cookie')),
});
const portal = cairnloop.portal({
  basePath: '/help',
  customer: (request) => customerOf(request.headers.get('cookie')),
});
const shop = await openShop();

const app = express();
app.use(cairnloop.operations().node, workspace.node, portal.node);
app.get('/', (_request, response) => {
  response.send('The shop');
});
// Put your own guard against forged requests before it.
app.post('/orders/:id/refund', async (request, response) => {
  const operator = operatorOf(request.headers.cookie);
  if (!operator) return response.sendStatus(401);
  const conversationId = await shop.refund(cairnloop, request.params.id, operator);
  response.status(conversationId ? 201 : 409).send(conversationId ?? 'refunded already');
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);

function stop() {
  // Open pages hold a live stream each, which the server would wait for.
  workspace.close();
  portal.close();
  server.close(async () => {
    await cairnloop.close();
    await shop.close();
  });
}
