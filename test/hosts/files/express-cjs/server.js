const { createCairnloop } = require('cairnloop');
const express = require('express');
const config = require('./cairnloop.config.js');

async function start() {
  const cairnloop = await createCairnloop(config);
  const workspace = cairnloop.workspace({ basePath: '/support', operator: () => ({ id: 'op_7', name: 'Maya' }) });
  const app = express();
  app.use(cairnloop.operations().node, workspace.node);
  app.post('/tickets', async (_request, response) => {
    const { id } = await cairnloop.conversations.open({ actorId: 'user_1', message: 'Where is my order?' });
    await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op_7' } });
    response.json({ id });
  });
  const server = app.listen(Number(process.env.PORT), '127.0.0.1');
  process.once('SIGTERM', () => {
    workspace.close();
    server.close(() => cairnloop.close());
  });
}

start();
