import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { TemporaryHosts } from './write-host.js';

const dist = new URL('../../dist/config/load-config.js', import.meta.url).href;
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Under plain Node, as the command line does. `CAIRNLOOP_TEST_NODE` names another one to try. */
const node = process.env.CAIRNLOOP_TEST_NODE ?? process.execPath;
const script = `
const { readUnvalidatedConfig } = await import(${JSON.stringify(dist)});
try {
  const { raw } = await readUnvalidatedConfig({ cwd: process.argv[1] });
  console.log(raw.database.url);
} catch (error) {
  console.log(error.message ?? error);
}`;

const esm = '{ "type": "module" }';
const tsconfig = (compilerOptions: object, more: object = {}) => JSON.stringify({ compilerOptions, ...more });
const config = (from: string, more = '') =>
  `import { url } from '${from}';\n${more}export default { database: { url } };\n`;

type Files = Record<string, string>;

describe('config/load-config loads what TypeScript compiles', function () {
  this.timeout(120_000);
  const hosts = new TemporaryHosts();
  afterEach(() => hosts.remove());

  async function load(files: Files, links: readonly string[] = [], workspace: Files = {}): Promise<string> {
    const cwd = await hosts.write(files);
    const linked = [
      ...links.map((name) => [name, join(packages, name)] as const),
      ...Object.entries(workspace).map(([name, folder]) => [name, join(cwd, folder)] as const),
    ];
    for (const [name, target] of linked) {
      await mkdir(dirname(join(cwd, 'node_modules', name)), { recursive: true });
      await symlink(target, join(cwd, 'node_modules', name));
    }
    const run = await execa(node, ['--input-type=module', '--eval', script, cwd], { cwd });
    return run.stdout;
  }

  const metadata = `export const seen: unknown[] = [];
    Reflect.metadata = (key: string, value: unknown) => (target: object, name: string) => {
      if (key === 'design:type') seen.push(name, value);
    };
    declare global { namespace Reflect { let metadata: unknown; } }
    export function Column() { return (target: object, name: string) => {}; }`;

  const shapes: Record<string, { files: Files; links?: string[]; workspace?: Files }> = {
    'an entity with definite fields and decorator metadata, as TypeORM has them': {
      files: {
        'tsconfig.json': tsconfig({ experimentalDecorators: true, emitDecoratorMetadata: true, target: 'es2023' }),
        'cairnloop.config.ts': config('./user.entity'),
        'reflect.ts': metadata,
        'user.entity.ts': `import { Column, seen } from './reflect';
          export class Team { name!: string }
          export class User { @Column() name!: string; @Column() readonly team!: Team; declare other: number; }
          export const url = JSON.stringify(seen.map((one) => (typeof one === 'function' ? one.name : one))) === '["name","String","team","Team"]' ? 'right' : String(seen);`,
      },
    },
    'constructor parameters with decorators, as Nest has them': {
      files: {
        'tsconfig.json': tsconfig({ experimentalDecorators: true, emitDecoratorMetadata: true }),
        'cairnloop.config.ts': config('./service'),
        'service.ts': `const Inject = () => (target: object, key: unknown, index: number) => { seen.push(index); };
          const seen: number[] = [];
          export class Service { constructor(private readonly one: string, @Inject() private readonly two: string) {} }
          export const url = seen[0] === 1 ? 'right' : 'wrong';`,
      },
    },
    'an auto-accessor': {
      files: {
        'tsconfig.json': tsconfig({ target: 'esnext' }),
        'cairnloop.config.ts': config('./model'),
        'model.ts': `class Model { accessor x = 1; static accessor #y = 2; }
          export const url = new Model().x === 1 ? 'right' : 'wrong';`,
      },
    },
    'standard decorators': {
      files: {
        'tsconfig.json': tsconfig({ target: 'es2022' }),
        'cairnloop.config.ts': config('./model'),
        'model.ts': `function twice(method: (...args: any[]) => string, context: ClassMethodDecoratorContext) {
            return function (this: unknown, ...args: unknown[]) { return context.kind + method.apply(this, args); };
          }
          class Model { @twice name() { return '!'; } }
          export const url = new Model().name() === 'method!' ? 'right' : 'wrong';`,
      },
    },
    'standard decorators, with an option of the tsconfig that is for the other kind': {
      files: {
        'tsconfig.json': tsconfig({ emitDecoratorMetadata: true, target: 'es2022' }),
        'cairnloop.config.ts': config('./model'),
        'model.ts': `const kinds: string[] = [];
          const mark = (_: unknown, context: ClassMethodDecoratorContext) => { kinds.push(context.kind); };
          class Model { @mark name() {} }
          export const url = new Model() && kinds[0] === 'method' ? 'right' : 'wrong';`,
      },
    },
    'an e-mail template in TSX, imported without extension': {
      files: {
        'tsconfig.json': tsconfig({
          jsx: 'react-jsx',
          jsxImportSource: 'hono/jsx',
          module: 'esnext',
          moduleResolution: 'bundler',
        }),
        'cairnloop.config.ts': config('./emails/welcome'),
        'emails/welcome.tsx': `export const Welcome = (props: { name: string }) => <b>{props.name}</b>;
          export const url = String(<Welcome name="right" />).replace(/<.?b>/g, '');`,
      },
      links: ['hono'],
    },
    'TSX under its .js name, with jsx left to a bundler': {
      files: {
        'package.json': esm,
        'tsconfig.json': tsconfig({ jsx: 'preserve', jsxImportSource: 'hono/jsx', module: 'nodenext' }),
        'cairnloop.config.ts': config('./emails/welcome.js'),
        'emails/welcome.tsx': `export const url: string = String(<b>right</b>).replace(/<.?b>/g, '');`,
      },
      links: ['hono'],
    },
    'a tsconfig that extends what is not installed, where no alias is used': {
      files: {
        'tsconfig.json': tsconfig({ strict: true }, { extends: '@tsconfig/node20/tsconfig.json' }),
        'cairnloop.config.ts': config('./src/url'),
        'src/url.ts': `export const url: string = 'right';`,
      },
    },
    'a tsconfig that extends what is not generated yet, with aliases of its own': {
      files: {
        'tsconfig.json': tsconfig({ paths: { '$lib/*': ['./src/lib/*'] } }, { extends: './.svelte-kit/tsconfig.json' }),
        'cairnloop.config.ts': config('$lib/url'),
        'src/lib/url.ts': `export const url: string = 'right';`,
      },
    },
    'a tsconfig with several extends of which one is missing': {
      files: {
        'tsconfig.json': tsconfig({}, { extends: ['./base.json', '@tsconfig/strictest/tsconfig.json'] }),
        'base.json': tsconfig({ baseUrl: './src' }),
        'cairnloop.config.ts': config('lib/url'),
        'src/lib/url.ts': `export const url: string = 'right';`,
      },
    },
    'a tsconfig that only refers to others': {
      files: {
        'tsconfig.json':
          '{ "files": [], "references": [{ "path": "./tsconfig.spec.json" }, { "path": "./tsconfig.app.json" }] }',
        'tsconfig.app.json': tsconfig({
          composite: true,
          paths: { '@app/*': ['./src/*'] },
          experimentalDecorators: true,
        }),
        'tsconfig.spec.json': tsconfig({ composite: true }),
        'cairnloop.config.ts': config('@app/url'),
        'src/url.ts': `const Mark = (target: object) => { (target as any).url = 'right'; };
          @Mark class Model {}
          export const url: string = (Model as any).url;`,
      },
    },
    'a folder of the baseUrl that has the name of the package': {
      files: {
        'package.json': esm,
        'tsconfig.json': '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }] }',
        'tsconfig.app.json': tsconfig({ composite: true, baseUrl: './src' }),
        'cairnloop.config.ts': config(
          'lib/url',
          "import * as cairnloop from 'cairnloop';\nif (!('defineConfig' in cairnloop)) throw new Error('the folder');\n",
        ),
        'src/lib/url.ts': `export const url: string = 'right';`,
        'src/cairnloop/index.ts': `export const notifier: unknown = {};`,
      },
    },
    'a tsconfig with mistakes': {
      files: {
        'tsconfig.json': '{ "compilerOptions": { "target": "es1999", "module": 7, }, "extends": 3 }',
        'cairnloop.config.ts': `export default { database: { url: 'right' as string } };`,
      },
    },
    'an enum, a namespace and a type imported without `type`': {
      files: {
        'package.json': esm,
        'cairnloop.config.ts': `import { Kind, Shape } from './kinds.js';
          const shape: Shape = { url: Kind.Right };
          namespace Inner { export const url = shape.url; }
          export default { database: { url: Inner.url } };`,
        'kinds.ts': `export enum Kind { Right = 'right' }\nexport interface Shape { url: string }`,
      },
    },
    'a JavaScript config that imports TypeScript with an enum': {
      files: {
        'package.json': esm,
        'cairnloop.config.js': config('./url.ts'),
        'url.ts': `export enum Kind { Right = 'right' }\nexport const url = Kind.Right;`,
      },
    },
    'a JavaScript config that imports TypeScript which imports a type without `type`': {
      files: {
        'package.json': esm,
        'cairnloop.config.js': config('./url.ts'),
        'url.ts': `import { Shape } from './shape.ts';\nimport { Shape as Other } from './shape.ts';\nexport const url: Shape & Other = 'right';`,
        'shape.ts': `export type Shape = string;`,
      },
    },
    'a JavaScript config that imports TypeScript without extension': {
      files: {
        'package.json': esm,
        'cairnloop.config.js': config('./url'),
        'url.ts': `import { inner } from './inner.js';\nexport const url = inner as string;`,
        'inner.ts': `export const inner = 'right';`,
      },
    },
    'a CommonJS config that requires TypeScript': {
      files: {
        'package.json': '{ "type": "commonjs" }',
        'cairnloop.config.js': `const { url } = require('./url.ts');\nmodule.exports = { database: { url } };`,
        'url.ts': `enum Kind { Right = 'right' }\nexport const url: string = Kind.Right;`,
      },
    },
    'a module for React Server only, in TypeScript': {
      files: {
        'cairnloop.config.ts': config('./url'),
        'url.ts': `import 'server-only';\nexport const url: string = 'right';`,
        'node_modules/server-only/package.json': '{ "name": "server-only", "main": "index.js" }',
        'node_modules/server-only/index.js': `throw new Error('This module cannot be imported from a Client Component module. It should only be used from a Server Component.');`,
      },
    },
    'a module for React Server only, in JavaScript': {
      files: {
        'package.json': esm,
        'cairnloop.config.js': config('./url.js'),
        'url.js': `import 'server-only';\nexport const url = 'right';`,
        'node_modules/server-only/package.json': '{ "name": "server-only", "main": "index.js" }',
        'node_modules/server-only/index.js': `throw new Error('This module cannot be imported from a Client Component module. It should only be used from a Server Component.');`,
      },
    },
    "modules that SvelteKit's bundler provides": {
      files: {
        'package.json': '{ "type": "module", "devDependencies": { "@sveltejs/kit": "*" } }',
        'tsconfig.json': '{ "extends": "./.svelte-kit/tsconfig.json" }',
        '.svelte-kit/tsconfig.json': tsconfig({ paths: { '$lib/*': ['../src/lib/*'] }, moduleResolution: 'bundler' }),
        'cairnloop.config.ts': config('$lib/url'),
        'src/lib/url.ts': `import { env } from '$env/dynamic/private';
import { PATH } from '$env/static/private';
import { env as open } from '$env/dynamic/public';
import * as all from '$env/static/public';
import { browser } from '$app/environment';
const isRight = env.PATH === PATH && PATH !== undefined && !open.PATH && !('PATH' in all) && !browser;
export const url: string = isRight ? 'right' : 'wrong';`,
      },
    },
    'an environment of SvelteKit in JavaScript': {
      files: {
        'package.json': '{ "type": "module" }',
        'cairnloop.config.js': config('./url.js'),
        'url.js': "import { PATH } from '$env/static/private';\nexport const url = PATH ? 'right' : 'wrong';",
      },
    },
    "the package's own imports, which name JavaScript, as Adonis has them": {
      files: {
        'package.json': '{ "type": "module", "imports": { "#src/*": "./src/*.js" } }',
        'tsconfig.json': tsconfig({ module: 'nodenext' }),
        'cairnloop.config.ts': config('#src/url'),
        'src/url.ts': "export { url } from '#src/deep/url';",
        'src/deep/url.ts': "export const url: string = 'right';",
      },
    },
    'imports of a build that was not made, by a config in JavaScript': {
      files: {
        'package.json':
          '\uFEFF{ "type": "module", "imports": { "#src/*": { "types": "./src/*.ts", "default": "./dist/*.js" } } }',
        'cairnloop.config.js': config('#src/url'),
        'src/url.ts': "export const url: string = 'right';",
      },
    },
    'the package by its own name': {
      files: {
        'package.json':
          '{ "name": "host", "type": "module", "exports": { ".": "./dist/index.js", "./*": "./dist/*.js" } }',
        'tsconfig.json': tsconfig({ module: 'nodenext' }),
        'cairnloop.config.ts': config('host/url', "import { other } from 'host';\nif (!other) throw new Error();\n"),
        'src/url.ts': "export const url: string = 'right';",
        'src/index.ts': 'export const other: boolean = true;',
      },
    },
    'imports of JavaScript that is there': {
      files: {
        'package.json':
          '{ "type": "module", "imports": { "#url": { "development": "./url.ts", "default": "./url.js" } } }',
        'cairnloop.config.ts': config('#url'),
        'url.ts': "export const url: string = 'wrong';",
        'url.js': "export const url = 'right';",
      },
    },
    'packages of the workspace that are not built, by a condition of their own or by their output': {
      files: {
        'package.json': '{ "type": "module", "workspaces": ["packages/*"] }',
        'tsconfig.json': tsconfig({ module: 'nodenext', customConditions: ['@acme/source'] }),
        'cairnloop.config.ts': config(
          '@acme/url',
          "import { two } from '@acme/built/two';\nimport '@acme/plain';\ntwo();\n",
        ),
        'packages/url/package.json':
          '{ "name": "@acme/url", "type": "module", "exports": { ".": { "@acme/source": "./lib/url.ts", "default": "./dist/url.js" } } }',
        'packages/url/lib/url.ts': "import { one } from '@acme/built';\nexport const url: string = one();",
        'packages/built/package.json':
          '{ "name": "@acme/built", "type": "module", "exports": { ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" }, "./*": "./dist/*.js" } }',
        'packages/built/src/index.ts': "export { two as one } from './two.js';",
        'packages/built/src/two.ts': "export const two = (): string => 'right';",
        'packages/plain/package.json': '{ "name": "@acme/plain", "main": "dist/index.js" }',
        'packages/plain/src/index.ts': 'export {};',
      },
      workspace: { '@acme/url': 'packages/url', '@acme/built': 'packages/built', '@acme/plain': 'packages/plain' },
    },
    'packages of the workspace as they are built, if they are': {
      files: {
        'package.json': '{ "type": "module", "workspaces": ["packages/*"] }',
        'cairnloop.config.ts': config('@acme/url'),
        'packages/url/package.json':
          '{ "name": "@acme/url", "type": "module", "exports": { "source": "./src/url.ts", "default": "./dist/url.js" } }',
        'packages/url/src/url.ts': "export const url: string = 'wrong';",
        'packages/url/dist/url.js': "export const url = 'right';",
      },
      workspace: { '@acme/url': 'packages/url' },
    },
    'resources that `using` disposes of, in the config and in what it imports': {
      files: {
        'cairnloop.config.ts': config('./url', 'using own = { [Symbol.dispose]() {} };\n'),
        'url.ts': `await using connection = { async [Symbol.asyncDispose]() {} };
          export class Row {}
          export function read() { return new Row() instanceof Row ? 'right' : 'wrong'; }
          export const url = read();`,
      },
    },
    'a deferred import': {
      files: {
        'tsconfig.json': tsconfig({ module: 'esnext' }),
        'cairnloop.config.ts':
          "import defer * as later from './url.js';\nexport default { database: { get url() { return later.url; } } };",
        'url.ts': "export const url: string = 'right';",
      },
    },
    'a config with a BOM and Windows line ends': {
      files: {
        'package.json': '\uFEFF{ "type": "module" }\r\n',
        'tsconfig.json': '\uFEFF{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }\r\n',
        'cairnloop.config.ts': `\uFEFF${config('@/url').replaceAll('\n', '\r\n')}`,
        'url.ts': `\uFEFFexport const url: string = 'right';\r\n`,
      },
    },
  };

  for (const [title, { files, links, workspace }] of Object.entries(shapes)) {
    it(title, async () => assert.equal(await load(files, links, workspace), 'right'));
  }

  it('a syntax error is still reported with its position', async () => {
    const said = await load({
      'cairnloop.config.ts': config('./url'),
      'url.ts': `const Mark = (target: object) => {};\n@Mark class {\nexport const url = ;`,
    });
    assert.match(said, /^cairnloop\.config\.ts could not be imported: SyntaxError: .*\(url\.ts:\d+\)$/);
  });
});
