/** Where the application listens, what it prints then, and how it stops. */
import { signInLinks } from './session.js';

export const address = { host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) };

export function announce(server) {
  const say = () => {
    const origin = `http://${address.host}:${server.address().port}`;
    console.log([`The shop: ${origin}`, ...signInLinks(origin), 'Ctrl-C stops.'].join('\n'));
  };
  if (server.listening) return say();
  server.once('listening', say);
  server.once('error', cannotListen);
}

export function cannotListen(error) {
  const isTaken = error.code === 'EADDRINUSE';
  console.error(isTaken ? `Port ${address.port} is taken. Set another PORT in .env and start again.` : error);
  process.exit(1);
}

/** Once, although Ctrl-C in a terminal brings one signal and `npm start` another. */
export function onSignal(stop) {
  let isStopping = false;
  const stopOnce = () => {
    if (!isStopping) stop();
    isStopping = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopOnce);
}
