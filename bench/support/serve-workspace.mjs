import { once } from 'node:events';
import { createServer } from 'node:http';

const mountPath = '/support';

/** The operator workspace on a server of its own, on loopback, and a client of it. */
export async function serveWorkspace(cairnloop) {
  const workspace = cairnloop.workspace({ basePath: mountPath, operator: () => ({ id: 'operator-1', name: 'Maya' }) });
  const server = createServer((request, response) => void workspace.node(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;
  const get = async (path) => {
    const response = await fetch(`${origin}${mountPath}${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return text;
  };
  return {
    url: (path) => `${origin}${mountPath}${path}`,
    get,
    /** The address of page `number` of the open conversations, or of the last one, found as an operator would. */
    async queuePage(number) {
      let path = '/?filter=open';
      for (let page = 1; page < number; page += 1) {
        const [, next] = /<a href="([^"]+)">Next page</.exec(await get(path)) ?? [];
        if (!next) break;
        path = next.replaceAll('&amp;', '&').slice(mountPath.length);
      }
      return path;
    },
    async close() {
      workspace.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
