import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

export interface LosingProxy {
  /** The database's URL by way of this proxy. */
  url: string;
  /** Ends the next connection that sends `word`, once the server has answered it: the answer is lost, the deed is not. */
  loseAnswerTo(word: string): void;
  /** New connections lead to another server from now on; those that are there stay where they are. */
  leadTo(databaseUrl: string): void;
  /** How many connections lead to a server now. */
  openTo(databaseUrl: string): number;
  close(): Promise<void>;
}

/** Forwards to Postgres, but for what it is told to lose. */
export async function losingProxy(databaseUrl: string): Promise<LosingProxy> {
  const sockets = new Set<net.Socket>();
  const ports = new Map<net.Socket, string>();
  let target = new URL(databaseUrl);
  let word: string | undefined;
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port), target.hostname);
    let losing = false;
    ports.set(near, target.port);
    for (const socket of [near, far]) sockets.add(socket.setNoDelay().on('error', () => {}));
    near.on('data', (bytes) => {
      if (word !== undefined && bytes.toString('latin1').includes(word)) {
        losing = true;
        word = undefined;
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => (losing ? near.destroy() : near.write(bytes)));
    near.on('close', () => {
      ports.delete(near);
      far.end();
    });
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseAnswerTo(next) {
      word = next;
    },
    leadTo(next) {
      target = new URL(next);
    },
    openTo: (databaseUrl) => [...ports.values()].filter((port) => port === new URL(databaseUrl).port).length,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
