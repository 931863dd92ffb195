import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { runCli } from '../support/run-cli.js';
import { runMain } from '../support/run-main.js';
import { type TempHost, tempHost } from '../support/temp-host.js';

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

describe('cairnloop init knows the host', () => {
  let host: TempHost;
  const use = (files: Record<string, string | object>) => {
    host = tempHost(files);
  };
  const read = (file: string) => readFileSync(path.join(host.folder, file), 'utf8');
  const init = (...argv: string[]) => runMain(host.folder, ['init', ...argv]);
  afterEach(() => host.remove());

  const frameworks: Record<string, RegExp[]> = {
    express: [/before body parsers/, /app\.use\(cairnloop\.operations\(\)\.node\);/],
    fastify: [/addHook\('onRequest'/],
    '@nestjs/core': [/right after NestFactory\.create\(\)/, /app\.use\(cairnloop\.workspace\(/],
    koa: [/context\.respond = false;/],
    hono: [/app\.all\('\/support\/\*'/],
    next: [/serverExternalPackages: \['cairnloop'\]/, /force-dynamic/],
    '@sveltejs/kit': [/hooks\.server/, /export const handle = /],
    '@adonisjs/core': [/start\/kernel/],
    none: [/createServer\(/, /return workspace\.fetch\(request\)/],
    '@hapi/hapi': [/your Hapi application/, /server\.ext\('onRequest'/],
    restify: [/your Restify application/, /server\.pre\(/],
    '@feathersjs/koa': [/your Feathers application/, /context\.respond = false;/],
    '@loopback/rest': [/your LoopBack application/, /call supportHandler there/],
    nuxt: [/your Nuxt application/, /test\(event\.path\)\) return supportResponse\(toWebRequest\(event\)\)/],
    h3: [/your h3 application/, /supportResponse\(event\.req\)/],
    elysia: [/your Elysia application/, /app\.onRequest\(/],
    '@react-router/dev': [/your React Router application/, /export const loader =/],
    '@remix-run/node': [/your Remix application/, /export const action = loader;/],
    astro: [/your Astro application/, /export const onRequest =/],
    '@tanstack/react-start': [/your TanStack Start application/, /call supportResponse there/],
  };
  for (const [name, patterns] of Object.entries(frameworks)) {
    it(`and prints the lines that mount it: ${name}`, async () => {
      use({ 'package.json': { name: 'host', type: 'module', dependencies: { [name]: '*' } }, 'src/a.js': '' });
      const { out, err } = await init();
      if (name === 'none') assert.match(err, /no framework that init knows/);
      for (const pattern of [...patterns, /import config from '(\.\.\/)+cairnloop\.config\.js';/])
        assert.match(out, pattern);
      const isLazy = ['next', '@sveltejs/kit', '@adonisjs/core'].includes(name) || /supportResponse/.test(out);
      assert.equal(/await createCairnloop/.test(out), !isLazy);
      assert.match(
        out,
        /In production, start the worker without npx or npm run: node node_modules\/cairnloop\/bin\/cairnloop\.js worker/,
      );
      assert.equal(
        /your server does not: start it with node --env-file=\.env/.test(out),
        !['next', '@adonisjs/core'].includes(name),
      );
      const json = (await init('--json')).json();
      assert.ok(json.mount.length > 3);
    });
  }

  it('prints require for a CommonJS host', async () => {
    use({ 'package.json': { name: 'host', dependencies: { express: '*' } } });
    assert.match(
      (await init()).out,
      /const config = require\('\.\/cairnloop\.config'\);\n.*CommonJS has no await at the top/,
    );
  });

  it('uses another variable if DATABASE_URL is no Postgres URL, and shows only its scheme', async () => {
    for (const [files, scheme] of [
      [{ '.env': 'DATABASE_URL="file:secret.db"\n' }, 'file:'],
      [{ '.env.local': 'export DATABASE_URL=mysql://root:secret@localhost/app\n' }, 'mysql:'],
      [{ '.env.example': '\uFEFFDATABASE_URL=mongodb+srv://secret@localhost/app\r\n' }, 'mongodb\\+srv:'],
      [
        { 'prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n  url = env("DATABASE_URL")\n}\n' },
        'sqlite:',
      ],
      [
        {
          'prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n}\n',
          'prisma.config.ts': "export default { datasource: { url: env('DATABASE_URL') } };\n",
        },
        'sqlite:',
      ],
      [{ 'drizzle.config.ts': "export default { dialect: 'mysql', url: process.env.DATABASE_URL };" }, 'mysql:'],
      [{ 'knexfile.js': "export default { client: 'mysql2', connection: process.env.DATABASE_URL };" }, 'mysql2:'],
      [
        {
          'db/data-source.ts':
            "export default new DataSource({ type: 'better-sqlite3', database: process.env.DATABASE_URL });",
        },
        'better-sqlite3:',
      ],
      [{ '.env': 'DATABASE_URL=:memory:' }, 'a file'],
      [{ '.env': 'DATABASE_URL=Server=secret;Database=x' }, 'a list of key=value settings'],
    ] as const) {
      use({ 'package.json': { name: 'host', type: 'module' }, ...files });
      const { out } = await init('--modules', 'sla', '--storage', 'database');
      assert.match(out, new RegExp(`DATABASE_URL is ${scheme} here, and Cairnloop needs Postgres`));
      assert.doesNotMatch(out, /secret/);
      assert.match(read('cairnloop.config.js'), /url: process\.env\.CAIRNLOOP_DATABASE_URL/);
      assert.match(read('cairnloop/sla-policy-provider.js'), /process\.env\.CAIRNLOOP_DATABASE_URL/);
      assert.match(read('.env.example'), /^CAIRNLOOP_DATABASE_URL=postgres:/m);
      host.remove();
    }
    const suitable: Record<string, string>[] = [
      { '.env': 'DATABASE_URL=postgresql://a@b/c' },
      { '.env': 'DATABASE_URL=' },
      { '.env': 'DATABASE_URL=$OTHER' },
      { '.env.example': 'DATABASE_URL=your-database-url' },
      { 'drizzle.config.ts': "export default { dialect: 'mysql', url: process.env.MYSQL_URL };" },
      { 'drizzle.config.ts': "export default { dialect: 'postgresql', url: process.env.DATABASE_URL };" },
      { 'prisma/schema.prisma': 'datasource db {\n  provider = "sqlite"\n  url = env("SQLITE_URL")\n}\n' },
    ];
    for (const files of suitable) {
      use({ 'package.json': { name: 'host', type: 'module' }, ...files });
      await init();
      assert.match(read('cairnloop.config.js'), /url: process\.env\.DATABASE_URL/);
      host.remove();
    }
    use({ 'package.json': { name: 'host', type: 'module' } });
    const { stdout } = await runCli(['init'], { cwd: host.folder, env: { DATABASE_URL: 'mysql://root:secret@h/app' } });
    assert.match(stdout, /DATABASE_URL is mysql: here/);
  });

  it('says which variable names no Postgres yet, and how to have one at once', async () => {
    const host7 = { 'package.json': { name: 'host', type: 'module' } };
    const config = 'export default { database: { url: process.env.SHOP_URL } };';
    const cases: [Record<string, string | object>, RegExp | null][] = [
      [{}, /^DATABASE_URL is not set: set it to the URL of your Postgres\.$/m],
      [{ '.env': 'DATABASE_URL=\n' }, /^DATABASE_URL in \.env is empty/m],
      [{ '.env.local': 'export DATABASE_URL=""\n' }, /^DATABASE_URL in \.env\.local is empty/m],
      [{ '.env': '\uFEFFDATABASE_URL=changeme\r\n' }, /^DATABASE_URL in \.env is a placeholder/m],
      [{ '.env': 'DATABASE_URL="<your url>"\n' }, /^DATABASE_URL in \.env is a placeholder/m],
      [{ '.env': 'DATABASE_URL=postgres://user:password@host:port/db\n' }, /^DATABASE_URL in \.env is a placeholder/m],
      [{ '.env': 'DATABASE_URL=postgresql://U:P@HOST:5432/DATABASE\n' }, /^DATABASE_URL in \.env is a placeholder/m],
      [{ '.env': 'DATABASE_URL=postgres://u:p@db.example.com/app\n' }, /^DATABASE_URL in \.env is a placeholder/m],
      [{ '.env': 'DATABASE_URL=file:dev.db\n' }, /^DATABASE_URL is file: here/m],
      [
        { 'cairnloop.config.js': config, '.env': 'SHOP_URL=\nDATABASE_URL=postgres://a@b/c' },
        /^SHOP_URL in \.env is empty/m,
      ],
      [{ '.env': 'DATABASE_URL=postgres://user:password@localhost:5432/app\n' }, null],
      [{ 'cairnloop.config.js': "export default { database: { url: 'postgres://a@b/c' } };" }, null],
    ];
    for (const [files, words] of cases) {
      use({ ...host7, ...files });
      const { stdout: out } = await runCli(['init'], { cwd: host.folder });
      if (words) assert.match(out, words);
      assert.equal(/leave\s+\w+\s+empty:\s+npx\s+cairnloop\s+dev\s+starts\s+one/.test(out), words !== null, out);
      host.remove();
    }
    use(host7);
  });

  it('writes code that compiles under the strictest tsconfig', async () => {
    use({
      'package.json': { name: 'host', type: 'module', devDependencies: { typescript: '*' } },
      'tsconfig.json': {
        compilerOptions: {
          module: 'nodenext',
          target: 'es2022',
          types: ['node'],
          noEmit: true,
          strict: true,
          declaration: true,
          isolatedDeclarations: true,
          isolatedModules: true,
          verbatimModuleSyntax: true,
          erasableSyntaxOnly: true,
          noPropertyAccessFromIndexSignature: true,
          noUncheckedIndexedAccess: true,
          exactOptionalPropertyTypes: true,
          noImplicitReturns: true,
          noImplicitOverride: true,
          noUnusedLocals: true,
          noUnusedParameters: true,
          allowUnreachableCode: false,
        },
      },
    });
    const { exitCode } = await init('--modules', 'all', '--storage', 'database');
    assert.equal(exitCode, 0);
    assert.ok(existsSync(path.join(host.folder, 'cairnloop.config.ts')));
    const { stdout } = await execa(process.execPath, [tsc, '-p', '.'], { cwd: host.folder, reject: false });
    assert.equal(stdout, '');
    assert.equal((await init('--modules', 'all', '--storage', 'database', '--check')).exitCode, 0);
  });

  it('writes no async function that awaits nothing', async () => {
    use({ 'package.json': { name: 'host', type: 'module' } });
    await init('--modules', 'all');
    for (const name of ['notifier', 'context-provider', 'sla-policy-provider']) {
      const code = read(`cairnloop/${name}.js`).replaceAll(/\/\*[\s\S]*?\*\//g, '');
      assert.doesNotMatch(code, /async/);
    }
  });
});
