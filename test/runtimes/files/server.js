/** A server of the host's, in the runtime that is tried: opens and resolves a conversation, and reads it in the workspace. */
import { createServer } from 'node:http';
import { createCairnloop } from 'cairnloop';
import config from './cairnloop.config.js';

const cairnloop = await createCairnloop(config);
const workspace = cairnloop.workspace({ basePath: '/support', operator: () => ({ id: 'op_7', name: 'Maya' }) });
const operations = cairnloop.operations();

const { id } = await cairnloop.conversations.open({ actorId: 'user_1', subject: 'Hello', message: 'Where is it?' });
await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op_7', name: 'Maya' } });

const server = createServer((request, response) =>
  operations.node(request, response, () => workspace.node(request, response)),
);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
await isServed('node:http', server.address().port);
await new Promise((resolve) => {
  server.close(resolve);
  server.closeAllConnections();
});

// The runtime's own server takes `fetch` as it is.
const answer = ({ url, headers, method, body }) =>
  fetchOf(new URL(url).pathname)(new Request(url, { headers, method, body }));
const fetchOf = (path) => (path.startsWith('/support') ? workspace : operations).fetch;
const { Bun, Deno } = globalThis;
const native = Bun
  ? Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
  : Deno?.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, answer);
if (native) {
  await isServed('native', native.port ?? native.addr.port);
  await (native.stop ?? native.shutdown).call(native);
}

await cairnloop.close();
console.log('closed');

async function isServed(how, port) {
  const read = async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()];
  };
  const [[page, text], [ready]] = [await read(`/support/c/${id}`), await read('/health/ready')];
  console.log(`${how}: page ${page}${text.includes('Where is it?') ? ' with the message' : ''}, ready ${ready}, ${id}`);
}
