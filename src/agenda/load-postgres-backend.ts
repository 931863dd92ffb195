import { createRequire } from 'node:module';

/**
 * Loads Agenda's Postgres backend. It imports pg although it gets a pool, and with NODE_PG_FORCE_NATIVE that import
 * fails if pg-native is missing.
 */
export async function loadPostgresBackend(): Promise<typeof import('@agendajs/postgres-backend')> {
  const forced = process.env.NODE_PG_FORCE_NATIVE;
  if (!forced || hasNativeDriver()) return import('@agendajs/postgres-backend');
  delete process.env.NODE_PG_FORCE_NATIVE;
  try {
    return await import('@agendajs/postgres-backend');
  } finally {
    process.env.NODE_PG_FORCE_NATIVE = forced;
  }
}

function hasNativeDriver(): boolean {
  const { resolve } = createRequire(import.meta.url);
  try {
    createRequire(resolve('pg')).resolve('pg-native');
    return true;
  } catch {
    return false;
  }
}
