import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { isCairnloopError } from '../foundation/errors.js';
import type { PostgresServer } from './server.js';

/**
 * Starts Postgres on the given port, else on the preferred one if it is free, else on any free port. Another process
 * may take the port meanwhile, so a start without a given port is tried again on another one.
 */
export async function startPostgresOnPort(
  server: PostgresServer,
  { given, preferred }: { given?: number | undefined; preferred?: number | undefined },
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = given ?? (await findFreePort(attempt === 1 ? preferred : undefined));
    try {
      await server.start(port);
      return port;
    } catch (error) {
      if (given !== undefined || attempt === 5 || !isPortTaken(error)) throw error;
    }
  }
}

function isPortTaken(error: unknown): boolean {
  return isCairnloopError(error) && error.message.includes('could not bind IPv4 address');
}

async function findFreePort(preferred = 0): Promise<number> {
  const listener = createServer().listen(preferred, '127.0.0.1');
  const isFree = await once(listener, 'listening').then(
    () => true,
    () => false,
  );
  if (!isFree) return findFreePort();
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
