import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

export interface Pooler {
  /** The database's URL by way of this pooler. */
  url: string;
  close(): Promise<void>;
}

interface Server {
  socket: net.Socket;
  client: net.Socket | undefined;
  /** Takes it from its client. */
  withdraw(): void;
}

/**
 * What a pooler such as PgBouncer does, in small: clients get made-up process numbers, and a server session for their
 * whole life (`session`) or for a transaction (`transaction`). Each client brings one session along by logging in.
 */
export async function startPooler(databaseUrl: string, mode: 'session' | 'transaction'): Promise<Pooler> {
  const target = new URL(databaseUrl);
  const idle: Server[] = [];
  const sockets = new Set<net.Socket>();
  const waiting: (() => void)[] = [];

  function release(server: Server): void {
    server.withdraw();
    server.client = undefined;
    idle.push(server);
    waiting.shift()?.();
  }

  const listener = net.createServer((client) => {
    const withdraw = () => {
      assigned = undefined;
    };
    const server: Server = { socket: net.connect(Number(target.port), target.hostname), client, withdraw };
    let assigned: Server | undefined = server;
    let loggedIn = false;
    for (const socket of [client, server.socket]) sockets.add(socket.setNoDelay().on('error', () => {}));

    const send = (bytes: Buffer): void => {
      assigned ??= idle.pop();
      if (!assigned) return void waiting.push(() => send(bytes));
      Object.assign(assigned, { client, withdraw });
      assigned.socket.write(bytes);
    };
    // A goodbye ends the client, not the session.
    client.on('data', (bytes) => (loggedIn && bytes[0] === 0x58 ? client.end() : send(bytes)));
    client.on('close', () => {
      if (assigned) assigned.socket.destroy();
    });
    onMessages(server.socket, (type, message) => {
      if (type === 'K') message.writeInt32BE(2_000_000_000 + sockets.size, 5);
      server.client?.write(message);
      if (type !== 'Z') return;
      loggedIn = true;
      if (mode === 'session' || message[5] !== 0x49) return;
      release(server);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((listener.address() as AddressInfo).port);
  return {
    url: url.href,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

/** Cuts what a server sends into its messages: a type of one byte, then a length that counts itself. */
function onMessages(socket: net.Socket, take: (type: string, message: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const length = rest.readInt32BE(1) + 1;
      take(String.fromCharCode(rest[0] as number), rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  });
}
