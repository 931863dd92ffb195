/**
 * Types of pg's inner modules. We import these and not pg itself, because NODE_PG_FORCE_NATIVE replaces pg by another
 * driver.
 */
declare module 'pg/lib/client.js' {
  import { Client } from 'pg';

  const JavaScriptClient: typeof Client;
  export default JavaScriptClient;
}

declare module 'pg-pool' {
  import { Pool } from 'pg';

  const PgPool: typeof Pool;
  export default PgPool;
}
