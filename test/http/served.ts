import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** To be called in a `describe`: what its tests listen with is closed after each of them. */
export function useServers(): { listen(handler: RequestListener): Promise<string> } {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  return {
    async listen(handler) {
      const server = createServer(handler).listen(0, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  };
}

/** Sends bytes as they are, and returns all that comes back until the server or a moment of silence ends it. */
export async function sendRaw(origin: string, bytes: string, { silenceMs = 1500 } = {}): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.setTimeout(silenceMs, () => socket.end());
  socket.on('error', () => {});
  socket.write(bytes);
  return text(socket).catch(() => '');
}
