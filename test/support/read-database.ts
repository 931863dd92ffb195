import { toConfigWithoutInvalidKeys } from '../../src/doctor/read-config-facts.js';
import { readServiceFacts } from '../../src/doctor/read-services.js';

/** What doctor reads of a database, the schema in it and its job table. */
export function readDatabase(url: string, schema: string, timeoutMs: number) {
  const config = toConfigWithoutInvalidKeys({ database: { url, schema } }, []);
  return readServiceFacts(['database', 'schema', 'work', 'jobs'], { config, known: {}, timeoutMs });
}
