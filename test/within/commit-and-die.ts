/** A host that is killed in the moment in which its COMMIT returns. */
import pg from 'pg';
import { createCairnloop } from '../../src/instance/cairnloop.js';
import { recordingNotifier } from '../support/recording-notifier.js';
import { operator } from '../support/started-host.js';

const [url = ''] = process.argv.slice(2);
const cairnloop = await createCairnloop({ database: { url }, notifier: recordingNotifier().notifier });
const client = new pg.Client({ connectionString: url });
await client.connect();
await client.query('BEGIN');
const { conversations } = cairnloop.within(client);
const { id } = await conversations.open({ actorId: 'dying' });
await conversations.resolve(id, { resolvedBy: operator });
client.query('COMMIT', () => process.kill(process.pid, 'SIGKILL'));
