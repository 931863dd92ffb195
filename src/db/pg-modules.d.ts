/** The parts of pg without its entry point, which NODE_PG_FORCE_NATIVE turns into another driver. */
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
