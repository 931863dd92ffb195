/** `npm start`: the worker, a Postgres where `.env` names none, and the application, until Ctrl-C. */
import { spawn } from 'node:child_process';

const cairnloop = ['node_modules/cairnloop/bin/cairnloop.js', 'dev', '--no-reload', ...process.argv.slice(2)];
// A process group of its own, out of the reach of Ctrl-C: the application, which uses the database, stops before it.
const support = spawn(process.execPath, cairnloop, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], detached: true });
let application;
let said = '';

support.stdout.on('data', (chunk) => {
  said += chunk;
  if (!application && said.includes('Ctrl-C stops.')) startApplication(/DATABASE_URL=(\S+)/.exec(said)?.[1]);
});
support.once('exit', (code) => {
  process.exitCode ||= code ?? 1;
  application?.kill('SIGTERM');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (application ?? support).kill('SIGTERM'));

/** @param {string | undefined} embedded The URL of the Postgres that was started, where one was. */
function startApplication(embedded) {
  if (embedded) console.log(`From another terminal: DATABASE_URL=${embedded} npm run doctor`);
  const env = { ...process.env, ...(embedded && { DATABASE_URL: embedded }) };
  application = spawn(process.execPath, ['server.js'], { env, stdio: 'inherit' });
  application.once('exit', (code) => {
    process.exitCode = code ?? 1;
    support.kill('SIGTERM');
  });
}
