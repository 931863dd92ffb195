import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

export interface SilentProxy {
  /** The database's URL by way of this proxy. */
  url: string;
  /** How many connections were made so far. */
  connections(): number;
  /**
   * From now on existing connections swallow every byte and stay open, as behind a router that lost its state; all, or
   * those that have sent `word`. Returns how many.
   */
  silence(word?: string): number;
  /** Does so with the next connection, before it has carried anything. */
  silenceNext(): void;
  close(): Promise<void>;
}

interface Pair {
  near: net.Socket;
  far: net.Socket;
  sent: string;
}

/** Forwards to Postgres, until told to make its connections half-open. New ones work. */
export async function silentProxy(databaseUrl: string): Promise<SilentProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<Pair>();
  let opened = 0;
  let nextIsSilent = false;
  const server = net.createServer((near) => {
    opened += 1;
    const pair: Pair = { near, far: net.connect(Number(target.port), target.hostname), sent: '' };
    pairs.add(pair);
    join(pair, () => pairs.delete(pair));
    if (nextIsSilent) silencePair(pair);
    nextIsSilent = false;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    connections: () => opened,
    silence(word = '') {
      const silenced = [...pairs].filter(({ sent }) => sent.includes(word));
      for (const pair of silenced) silencePair(pair);
      return silenced.length;
    },
    silenceNext: () => {
      nextIsSilent = true;
    },
    close: async () => {
      for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function silencePair({ near, far }: Pair): void {
  for (const socket of [near, far]) socket.unpipe().resume();
}

function join(pair: Pair, gone: () => void): void {
  const { near, far } = pair;
  for (const socket of [near, far]) socket.on('error', () => {});
  near.on('data', (bytes) => {
    if (pair.sent.length < 4000) pair.sent += bytes.toString('latin1');
  });
  near.pipe(far).pipe(near);
  near.on('close', () => {
    far.destroy();
    gone();
  });
}
