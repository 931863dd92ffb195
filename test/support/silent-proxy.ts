import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

export interface SilentProxy {
  /** The database's URL by way of this proxy. */
  url: string;
  /** How many connections were made so far. */
  connections(): number;
  /** From now on existing connections swallow every byte and stay open, as behind a router that lost its state. */
  silence(): void;
  close(): Promise<void>;
}

/** Forwards to Postgres, until told to make its connections half-open. New ones work. */
export async function silentProxy(databaseUrl: string): Promise<SilentProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  let opened = 0;
  const server = net.createServer((near) => {
    opened += 1;
    const far = net.connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket.on('error', () => {}));
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    connections: () => opened,
    silence: () => {
      for (const socket of sockets) socket.unpipe().resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
