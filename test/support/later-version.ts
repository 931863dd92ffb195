import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { TempHost } from './temp-host.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A copy of the built package with one migration more, as a later release would have it. */
export interface LaterVersion {
  /** The program that its `bin` names. */
  bin: string;
  /** Runs one of its commands in a host. */
  run(host: TempHost, args: readonly string[]): Promise<string>;
  /** Makes it the version that a host has installed. */
  installIn(host: TempHost): void;
  remove(): void;
}

export interface LaterMigration {
  name: string;
  worksWithCodeOf?: string;
  /** Statements, with `$s` for the schema. */
  prepare?: string[];
  up: string;
}

export function laterVersion(migration: LaterMigration): LaterVersion {
  const folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-later-'));
  for (const part of ['dist', 'bin', 'templates', 'assets', 'commonjs', 'package.json'])
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  const { name, worksWithCodeOf, prepare = [], up } = migration;
  const inSchema = (text: string) => `(s) => ${JSON.stringify(text)}.replaceAll('$s', s)`;
  appendFileSync(
    path.join(folder, 'dist/db/migrations/index.js'),
    `\nmigrations.push({
      name: ${JSON.stringify(name)},
      worksWithCodeOf: ${JSON.stringify(worksWithCodeOf)},
      prepare: (s) => ${JSON.stringify(prepare)}.map((text) => text.replaceAll('$s', s)),
      up: ${inSchema(up)},
      down: () => 'SELECT 1',
    });\n`,
  );
  const bin = path.join(folder, 'bin/cairnloop.js');
  return {
    bin,
    async run(host, args) {
      const { stdout } = await execa(process.execPath, [bin, ...args], { cwd: host.folder, env: { CI: '1' } });
      return stdout;
    },
    installIn: (host) => install(folder, host),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Makes the version of this repository the one that a host has installed, again. */
export function reinstall(host: TempHost): void {
  install(root, host);
}

function install(folder: string, host: TempHost): void {
  const at = path.join(host.folder, 'node_modules/cairnloop');
  rmSync(at);
  symlinkSync(folder, at, 'dir');
}
