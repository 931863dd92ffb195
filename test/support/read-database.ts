import { usableConfig } from '../../src/doctor/read-config-facts.js';
import { readServices } from '../../src/doctor/read-services.js';

/** What doctor reads of a database, the schema in it and its job table. */
export function readDatabase(url: string, schema: string, timeoutMs: number) {
  const config = usableConfig({ database: { url, schema } }, []);
  return readServices(['database', 'schema', 'work', 'jobs'], { config, known: {}, timeoutMs });
}
