import { migrateUp } from '../../dist/db/migrate.js';
import { searchParts } from '../../dist/db/migrations/0011-search-parts.js';
import { searchCommonWords } from '../../dist/db/migrations/0024-search-common-words.js';
import { withClient } from '../support/postgres.mjs';

const schema = 'cairnloop';

/** The schema of this package, with the search of 0.1 in place of today's. */
export async function installWords(url) {
  await migrateUp({ url, schema });
  await withClient(url, (client) => client.query(`${searchCommonWords.down(schema)}${searchParts.down(schema)}`));
}

/** What the migrations of today's search do. */
export async function installParts(url) {
  await withClient(url, async (client) => {
    for (const step of searchParts.prepare(schema)) await client.query(step);
    await client.query(searchParts.up(schema));
    await client.query(searchCommonWords.up(schema));
  });
}
