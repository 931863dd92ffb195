/** Postgres settings by name, as in `postgresql.conf`. */
export type PostgresSettings = Record<string, string>;

/** Settings of a temporary cluster. It need not survive a crash of the machine, so nothing has to reach the disk. */
export const temporaryClusterSettings: PostgresSettings = { fsync: 'off', full_page_writes: 'off' };

/** Settings that no caller may change: the server listens on loopback only. */
export const postgresLoopbackSettings: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

/** Renders settings as lines of `postgresql.conf`. */
export function renderPostgresSettings(settings: PostgresSettings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${escapeQuotes(value)}'\n`)
    .join('');
}

function escapeQuotes(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll("'", "''");
}
