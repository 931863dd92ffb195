/** Starts a Postgres with the options given as JSON, prints where it is, and waits to be killed. */
import { startEmbeddedPostgres } from '../../src/embedded-postgres/start-embedded-postgres.js';

const { url, port, dataDir } = await startEmbeddedPostgres(JSON.parse(process.argv[2] ?? '{}'));
console.log(JSON.stringify({ url, port, dataDir }));
setInterval(() => {}, 60_000);
