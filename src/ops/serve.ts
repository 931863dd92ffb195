import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import type { RequestHandlers } from '../http/mount.js';

/** An HTTP server that Cairnloop has started. */
export interface StartedServer {
  host: string;
  port: number;
  /** Closes the server and its open connections. */
  close(): Promise<void>;
}

/** Time limit for receiving a request, in milliseconds. */
const requestTimeout = 10_000;

/** An address to listen on, and its name in error messages. */
export interface ListenAddress {
  server: 'ops server' | 'workspace';
  host: string;
  port: number;
  /** The CLI flag that chooses another port, if the command has one. */
  portFlag?: string;
}

/** Checks that the addresses can be listened on, before other work begins. Throws as {@link serveOnAddress}. */
export async function requireListenableAddresses(addresses: readonly ListenAddress[]): Promise<void> {
  const served: StartedServer[] = [];
  try {
    for (const address of addresses) served.push(await serveOnAddress(nothing, address));
  } finally {
    await Promise.all(served.map((app) => app.close()));
  }
}

const nothing: Pick<RequestHandlers, 'node'> = {
  async node(_request, response) {
    response.destroy();
  },
};

/** Starts an HTTP server for a mount on an address of its own. Throws `PORT_TAKEN`, `PORT_REFUSED`. */
export function serveOnAddress(app: Pick<RequestHandlers, 'node'>, address: ListenAddress): Promise<StartedServer> {
  const server = createServer({ requestTimeout, headersTimeout: requestTimeout }, (request, response) => {
    app.node(request, response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, address)));
    server.listen(address.port, address.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        host: address.host,
        port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function listenError(error: NodeJS.ErrnoException, address: ListenAddress): CairnloopError {
  if (error.code === 'EADDRINUSE') return new CairnloopError('PORT_TAKEN', address);
  return new CairnloopError('PORT_REFUSED', { ...address, reason: errorText(error, 200) });
}
