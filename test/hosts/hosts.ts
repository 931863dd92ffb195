/** The hosts of `npm run test:hosts`: how each is made, and what of it is its own. */
import { otherHosts } from './other-hosts.js';
import { adonisFiles, nextFiles, type Printed, svelteFiles } from './printed.js';

export interface Host {
  name: string;
  title: string;
  /** Makes the host in an empty folder: its generator, or files of our own. Ends with its packages installed. */
  create: string[];
  files?: Record<string, string | object>;
  /** A folder of `files/` that the host is made from, where no generator can be run. */
  from?: string;
  /** Where in that folder the package is that gets Cairnloop. Default: the folder itself. */
  at?: string;
  /** Adds a tarball, which stands where `TARBALL` is. */
  add?: string;
  /** Runs a program of the installed packages. Default: `npx`. */
  exec?: string;
  /** Makes files of the lines that `init` printed. */
  printed?: Printed;
  /** Commands after `gen all`, in the shell: what a reader of the documentation does by hand. */
  wire?: string[];
  build?: string;
  lint?: string;
  test?: string;
  /** Starts the built server on `PORT`. */
  start: string;
  /** The config that the worker runs from, as the build wrote it. */
  worker: string;
  /** Packages of this repository that stand in for an install, where a host can be made without a registry. */
  linked?: string[];
}

const strict = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, skipLibCheck: false };
const typescriptHost = {
  type: 'module',
  scripts: { build: 'tsc', start: 'node dist/server.js' },
};
const tsconfig = {
  compilerOptions: { ...strict, module: 'nodenext', target: 'es2022', rootDir: 'src', outDir: 'dist', types: ['node'] },
  include: ['src'],
};
const nodeTest = 'node --import tsx --test src/cairnloop/*.test.ts';
const stockBiome = { files: { includes: ['src/**'] } };

export const hosts: Host[] = [
  {
    name: 'express-ts',
    title: 'Express, TypeScript',
    files: {
      'package.json': {
        ...typescriptHost,
        dependencies: { express: '^5.1.0' },
        devDependencies: {
          '@biomejs/biome': '2.5.15',
          '@types/express': '^5.0.6',
          '@types/node': '^20.19.0',
          tsx: '^4.20.0',
          typescript: '^7.0.2',
        },
      },
      'tsconfig.json': tsconfig,
      'biome.json': stockBiome,
    },
    create: ['npm install'],
    wire: ['biome check --write src/server.ts'],
    build: 'npm run build',
    lint: 'biome check src',
    test: nodeTest,
    start: 'node dist/server.js',
    worker: 'cairnloop worker --config dist/cairnloop.config.js',
    linked: ['express', '@types/express', '@types/node', 'tsx', 'typescript', '@biomejs/biome'],
  },
  {
    name: 'express-cjs',
    title: 'Express, CommonJS',
    files: { 'package.json': { type: 'commonjs', dependencies: { express: '^5.1.0' } } },
    create: ['npm install'],
    lint: 'node --check server.js',
    test: 'node --test cairnloop/*.test.js',
    start: 'node server.js',
    worker: 'cairnloop worker',
    linked: ['express'],
  },
  {
    name: 'fastify',
    title: 'Fastify, TypeScript',
    files: {
      'package.json': {
        ...typescriptHost,
        dependencies: { fastify: '^5.6.0' },
        devDependencies: { '@types/node': '^20.19.0', tsx: '^4.20.0', typescript: '~5.9.0' },
      },
      'tsconfig.json': tsconfig,
    },
    create: ['npm install'],
    build: 'npm run build',
    lint: 'tsc --noEmit',
    test: nodeTest,
    start: 'node dist/server.js',
    worker: 'cairnloop worker --config dist/cairnloop.config.js',
  },
  {
    name: 'nest',
    title: 'Nest 12 (its generator: ES modules, Vitest, oxlint)',
    create: ['npx -y @nestjs/cli@12 new . --skip-git --skip-install --package-manager npm', 'npm install'],
    build: 'npm run build',
    lint: 'npm run lint',
    test: 'npm test && npm run test:e2e',
    start: 'npm run start:prod',
    worker: 'cairnloop worker',
  },
  {
    name: 'nest11',
    title: 'Nest 11 (its generator: CommonJS, Jest, ESLint)',
    create: ['npx -y @nestjs/cli@11 new . --skip-git --skip-install --package-manager npm', 'npm install'],
    build: 'npm run build',
    lint: 'npx eslint src test',
    test: 'npm test && npm run test:e2e',
    start: 'npm run start:prod',
    worker: 'cairnloop worker',
  },
  {
    name: 'next',
    title: 'Next (create-next-app)',
    create: [
      'npx -y create-next-app@latest . --ts --eslint --no-tailwind --no-src-dir --app --use-npm --skip-install --disable-git --yes',
      'npm install',
    ],
    printed: nextFiles,
    wire: [
      `node -e "const f='next.config.ts',fs=require('fs');fs.writeFileSync(f,fs.readFileSync(f,'utf8').replace('/* config options here */','serverExternalPackages: [\\'cairnloop\\'],'))"`,
    ],
    build: 'npm run build',
    lint: 'npm run lint',
    start: 'npx next start -p $PORT -H 127.0.0.1',
    worker: 'cairnloop worker',
  },
  {
    name: 'sveltekit',
    title: 'SvelteKit (sv create, adapter-node)',
    create: [
      'npx -y sv create . --template minimal --types ts --no-add-ons --no-install',
      "sed -i 's/adapter-auto/adapter-node/' vite.config.ts package.json",
      'npm pkg set devDependencies.@sveltejs/adapter-node=^5 devDependencies.@types/node=^22',
      'npm install',
    ],
    printed: svelteFiles,
    build: 'npm run build',
    lint: 'npm run check',
    start: 'HOST=127.0.0.1 ORIGIN=http://127.0.0.1:$PORT node build',
    worker: 'cairnloop worker',
  },
  {
    name: 'adonis',
    title: 'AdonisJS 6 (files of the stock layout: its generator needs GitHub)',
    from: 'adonis-app',
    create: ['mv dot-env .env', 'npm install'],
    printed: adonisFiles,
    // What a reader pasted, and nothing that was generated.
    wire: ['npx eslint --fix app/middleware/support_middleware.ts'],
    build: 'npm run build',
    lint: 'npm run lint && npm run typecheck',
    test: 'npm test',
    // `ENV_PATH` is where Adonis looks for `.env`: the build does not copy it.
    start: 'ENV_PATH=$PWD NODE_ENV=production node build/bin/server.js',
    worker: 'cairnloop worker --config build/cairnloop.config.js',
  },
  {
    name: 'pnpm',
    title: 'pnpm monorepo, Express, tsc-alias',
    files: {
      'package.json': { private: true, packageManager: 'pnpm@10.34.8' },
      'pnpm-workspace.yaml': 'packages: ["apps/*"]\nonlyBuiltDependencies: []\n',
      'apps/api/package.json': {
        name: 'api',
        ...typescriptHost,
        scripts: { build: 'tsc && tsc-alias', start: 'node dist/server.js' },
        dependencies: { express: '^5.1.0' },
        devDependencies: {
          '@types/express': '^5.0.6',
          '@types/node': '^20.19.0',
          'tsc-alias': '^1.8.16',
          tsx: '^4.20.0',
          typescript: '~5.9.0',
        },
      },
      'apps/api/tsconfig.json': {
        compilerOptions: { ...tsconfig.compilerOptions, paths: { '~/*': ['./src/*'] } },
        include: ['src'],
      },
    },
    create: ['npx -y pnpm@10.34.8 install'],
    at: 'apps/api',
    add: 'npx -y pnpm@10.34.8 add TARBALL',
    exec: 'npx -y pnpm@10.34.8 exec',
    build: 'npx -y pnpm@10.34.8 run build',
    lint: 'npx -y pnpm@10.34.8 exec tsc --noEmit',
    test: `npx -y pnpm@10.34.8 exec ${nodeTest}`,
    start: 'node dist/server.js',
    worker: 'cairnloop worker --config dist/cairnloop.config.js',
  },
  {
    name: 'yarn-pnp',
    title: "Yarn Plug'n'Play, Express, TypeScript",
    files: {
      'package.json': {
        ...typescriptHost,
        name: 'pnp-host',
        packageManager: 'yarn@4.18.1',
        dependencies: { express: '^5.1.0' },
        devDependencies: {
          '@types/express': '^5.0.6',
          '@types/node': '^20.19.0',
          tsx: '^4.20.0',
          typescript: '~5.9.0',
        },
      },
      '.yarnrc.yml': 'nodeLinker: pnp\nenableTelemetry: false\nenableGlobalCache: false\nenableScripts: false\n',
      'yarn.lock': '',
      'tsconfig.json': tsconfig,
    },
    create: ['$YARN install'],
    add: '$YARN add cairnloop@file:TARBALL',
    exec: '$YARN run',
    build: '$YARN run build',
    lint: '$YARN run tsc --noEmit',
    test: `$YARN ${nodeTest}`,
    start: '$YARN node dist/server.js',
    worker: 'cairnloop worker --config dist/cairnloop.config.js',
  },
  ...otherHosts,
];
