import { migrateUp } from '../../dist/db/migrate.js';
import { searchParts } from '../../dist/db/migrations/0011-search-parts.js';
import { withClient } from '../support/postgres.mjs';

const schema = 'cairnloop';

/** The schema of this package, with the search of 0.1 in place of today's. */
export async function installWords(url) {
  await migrateUp({ url, schema });
  await withClient(url, (client) => client.query(searchParts.down(schema)));
}

/** What the migration of today's search does. */
export async function installParts(url) {
  await withClient(url, async (client) => {
    for (const step of searchParts.prepare(schema)) await client.query(step);
    await client.query(searchParts.up(schema));
  });
}
