import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

export interface SwitchedProxy {
  /** The server's URL by way of this proxy. */
  url: string;
  /** How many connections were tried so far, those that were refused too. */
  tried(): number;
  /** Ends every connection and refuses new ones, as a server that is down. */
  off(): void;
  on(): void;
  close(): Promise<void>;
}

/** Forwards to a server, until it is switched off. */
export async function switchedProxy(serverUrl: string): Promise<SwitchedProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<net.Socket>();
  let isOn = true;
  let tried = 0;
  const server = net.createServer((near) => {
    tried += 1;
    near.on('error', () => {});
    if (!isOn) return near.resetAndDestroy();
    const far = net.connect(Number(target.port), target.hostname).on('error', () => {});
    sockets.add(near).add(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  // Else a driver asks the server where its set is, and goes past this proxy.
  url.searchParams.set('directConnection', 'true');
  return {
    url: url.href,
    tried: () => tried,
    off: () => {
      isOn = false;
      cut();
    },
    on: () => {
      isOn = true;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
