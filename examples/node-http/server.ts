import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createCairnloop } from 'cairnloop';
import config from '../cairnloop.config.js';
import { address, announce, onSignal, stop } from '../host-process.js';
import { customerOf, operatorOf } from '../session.js';

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

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});
server.listen(address.port, address.host);
announce(server);
onSignal(() => stop(server, cairnloop, workspace, portal));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path === '/') response.end('The shop');
  else if (path?.startsWith('/support')) await workspace.node(request, response);
  else if (path?.startsWith('/help')) await portal.node(request, response);
  // Health and metrics, and 404 to the rest.
  else await operations.node(request, response);
}
