import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cairnloop } from 'cairnloop';

/** Where a host listens: `PORT`, or any that is free with 0; on this machine only. */
export const address = { host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) };

/** Says where a host listens once it does. */
export function announce(server: Server): void {
  const tell = () => console.log(`listening on http://${address.host}:${(server.address() as AddressInfo).port}`);
  if (server.listening) tell();
  else server.once('listening', tell);
}

/** How long requests under way may take when the host stops, in milliseconds. */
const graceMs = 5_000;

/** Finishes running requests, takes no new ones, and then lets go of the database. */
export async function stop(server: Server, cairnloop: Cairnloop, ...mounts: { close(): void }[]): Promise<void> {
  // Pages that stand open hold a live stream each, and a server waits for those.
  for (const mount of mounts) mount.close();
  // A connection that has been answered is not kept for another request.
  server.keepAliveTimeout = 1;
  const late = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise((closed) => server.close(closed));
  clearTimeout(late);
  await cairnloop.close();
}

/** Calls `end` at the first SIGTERM or Ctrl+C; a second one ends the process at once. */
export function onSignal(end: () => unknown): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
}
