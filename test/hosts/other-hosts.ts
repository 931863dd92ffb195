/** Hosts of frameworks that `init` knows by a handler alone: their generators need GitHub, so they are files of the stock layout. */
import type { Host } from './hosts.js';
import { astroFiles, nitroFiles, routeFiles, solidFiles, tinyhttpFiles } from './printed.js';

const tickets = `const { cairnloop } = await support();
  const { id } = await cairnloop.conversations.open({ actorId: 'user_1', message: 'Where is my order?' });
  await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op_7' } });`;

const nitroRoute = `import { support } from '../../support';

export default defineEventHandler(async () => {
  ${tickets}
  return { id };
});
`;

const bundled = { compilerOptions: { module: 'esnext', moduleResolution: 'bundler', target: 'es2022', strict: true } };
const react = { react: '^19', 'react-dom': '^19' };
const reactTypes = { '@types/react': '^19', '@types/react-dom': '^19' };

/** The stock root of React Router and Remix. */
const rootOf = (module: string) => `import { Outlet, Scripts } from '${module}';

export default function App() {
  return (
    <html lang="en">
      <body>
        <Outlet />
        <Scripts />
      </body>
    </html>
  );
}
`;
const homePage = "export default function Home() {\n  return 'Home';\n}\n";
const ticketsAction = `import { support } from '../../support';

export const action = async () => {
  ${tickets}
  return Response.json({ id });
};
`;

export const otherHosts: Host[] = [
  {
    name: 'tinyhttp',
    title: 'tinyhttp 3',
    files: {
      'package.json': {
        type: 'module',
        dependencies: { '@tinyhttp/app': '^3' },
        devDependencies: { '@types/node': '^20.19.0', tsx: '^4.20.0', typescript: '~5.9.0' },
      },
      'tsconfig.json': {
        compilerOptions: { module: 'nodenext', target: 'es2022', strict: true, outDir: 'dist', types: ['node'] },
      },
    },
    create: ['npm install'],
    printed: tinyhttpFiles,
    build: 'npx tsc',
    start: 'node dist/server.js',
    worker: 'cairnloop worker --config dist/cairnloop.config.js',
  },
  {
    name: 'nitro',
    title: 'Nitro 2',
    files: {
      'package.json': { type: 'module', devDependencies: { nitropack: '^2', typescript: '~5.9.0' } },
      'tsconfig.json': { extends: './.nitro/types/tsconfig.json' },
      'nitro.config.ts': "export default defineNitroConfig({ srcDir: 'server', compatibilityDate: '2025-01-01' });\n",
      'server/routes/tickets.post.ts': nitroRoute,
    },
    create: ['npm install'],
    printed: nitroFiles,
    build: 'npx nitropack build',
    start: 'HOST=127.0.0.1 node .output/server/index.mjs',
    worker: 'cairnloop worker',
  },
  {
    name: 'nitro3',
    title: 'Nitro 3 (beta)',
    files: {
      'package.json': { type: 'module', devDependencies: { nitro: '3.0.260903-beta', typescript: '~5.9.0' } },
      'tsconfig.json': { ...bundled },
      'nitro.config.ts': "export default { serverDir: './server', traceDeps: ['cairnloop*'] };\n",
      'server/routes/tickets.post.ts': nitroRoute.replace('defineEventHandler(', '('),
    },
    create: ['npm install'],
    printed: nitroFiles,
    build: 'npx nitro build',
    start: 'HOST=127.0.0.1 node .output/server/index.mjs',
    worker: 'cairnloop worker',
  },
  {
    name: 'nuxt',
    title: 'Nuxt 4',
    files: {
      'package.json': {
        type: 'module',
        dependencies: { nuxt: '^4', vue: '^3' },
        devDependencies: { typescript: '~5.9.0' },
      },
      'tsconfig.json': { extends: './.nuxt/tsconfig.json' },
      'nuxt.config.ts': "export default defineNuxtConfig({ compatibilityDate: '2025-01-01', telemetry: false });\n",
      'app/app.vue': '<template><div>Home</div></template>\n',
      'server/routes/tickets.post.ts': nitroRoute,
    },
    create: ['npm install'],
    printed: nitroFiles,
    build: 'npx nuxt build',
    start: 'HOST=127.0.0.1 node .output/server/index.mjs',
    worker: 'cairnloop worker',
  },
  {
    name: 'astro',
    title: 'Astro 7, Node adapter',
    files: {
      'package.json': {
        type: 'module',
        dependencies: { astro: '^7', '@astrojs/node': '^11' },
        devDependencies: { '@types/node': '^22', typescript: '~5.9.0' },
      },
      'tsconfig.json': { extends: 'astro/tsconfigs/strict' },
      'astro.config.mjs': `import node from '@astrojs/node';
import { defineConfig } from 'astro/config';

export default defineConfig({ output: 'server', adapter: node({ mode: 'standalone' }) });
`,
      'src/pages/index.astro': '<p>Home</p>\n',
      'src/pages/tickets.ts': `import { support } from '../support';

export const POST = async () => {
  ${tickets}
  return Response.json({ id });
};
`,
    },
    create: ['npm install'],
    printed: astroFiles,
    build: 'npx astro build',
    lint: 'npx tsc --noEmit',
    start: 'HOST=127.0.0.1 node dist/server/entry.mjs',
    worker: 'cairnloop worker',
  },
  {
    name: 'react-router',
    title: 'React Router 8',
    files: {
      'package.json': {
        type: 'module',
        dependencies: {
          ...react,
          'react-router': '~8.4.0',
          '@react-router/node': '~8.4.0',
          '@react-router/serve': '~8.4.0',
          isbot: '^5',
        },
        devDependencies: {
          ...reactTypes,
          '@react-router/dev': '~8.4.0',
          '@react-router/fs-routes': '~8.4.0',
          '@types/node': '^22',
          typescript: '~5.9.0',
          vite: '^7',
        },
      },
      'tsconfig.json': {
        compilerOptions: { ...bundled.compilerOptions, jsx: 'react-jsx', noEmit: true, types: ['node', 'vite/client'] },
      },
      'vite.config.ts':
        "import { reactRouter } from '@react-router/dev/vite';\nimport { defineConfig } from 'vite';\n\nexport default defineConfig({ plugins: [reactRouter()] });\n",
      'app/root.tsx': rootOf('react-router'),
      'app/routes.ts': "import { flatRoutes } from '@react-router/fs-routes';\n\nexport default flatRoutes();\n",
      'app/routes/_index.tsx': homePage,
      'app/routes/tickets.tsx': ticketsAction,
    },
    create: ['npm install'],
    printed: routeFiles,
    build: 'npx react-router build',
    lint: 'npx tsc --noEmit --skipLibCheck',
    start: 'HOST=127.0.0.1 npx react-router-serve build/server/index.js',
    worker: 'cairnloop worker',
  },
  {
    name: 'remix',
    title: 'Remix 2',
    files: {
      'package.json': {
        type: 'module',
        dependencies: {
          react: '^18',
          'react-dom': '^18',
          '@remix-run/node': '^2',
          '@remix-run/react': '^2',
          '@remix-run/serve': '^2',
          isbot: '^4',
        },
        devDependencies: {
          '@remix-run/dev': '^2',
          '@types/node': '^22',
          '@types/react': '^18',
          '@types/react-dom': '^18',
          typescript: '~5.9.0',
          vite: '^6',
        },
      },
      'tsconfig.json': {
        compilerOptions: { ...bundled.compilerOptions, jsx: 'react-jsx', noEmit: true, types: ['node', 'vite/client'] },
      },
      'vite.config.ts':
        "import { vitePlugin as remix } from '@remix-run/dev';\nimport { defineConfig } from 'vite';\n\nexport default defineConfig({ plugins: [remix()] });\n",
      'app/root.tsx': rootOf('@remix-run/react'),
      'app/routes/_index.tsx': homePage,
      'app/routes/tickets.tsx': ticketsAction,
    },
    create: ['npm install'],
    printed: routeFiles,
    build: 'npx remix vite:build',
    lint: 'npx tsc --noEmit --skipLibCheck',
    start: 'HOST=127.0.0.1 npx remix-serve build/server/index.js',
    worker: 'cairnloop worker',
  },
  {
    name: 'solid-start',
    title: 'SolidStart 2',
    files: {
      'package.json': {
        type: 'module',
        dependencies: {
          '@solidjs/router': '^1',
          '@solidjs/start': '^2',
          nitro: '^3.0.260903-beta',
          'solid-js': '^1.9',
          vite: '^8',
        },
        devDependencies: { '@types/node': '^22', typescript: '~5.9.0' },
      },
      'tsconfig.json': {
        compilerOptions: {
          ...bundled.compilerOptions,
          jsx: 'preserve',
          jsxImportSource: 'solid-js',
          noEmit: true,
          types: ['@solidjs/start/env', 'node'],
        },
      },
      'vite.config.ts': `import { solidStart } from '@solidjs/start/config';
import { nitro } from 'nitro/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [solidStart({ middleware: './src/middleware.ts' }), nitro({ traceDeps: ['cairnloop*'] })] });
`,
      'src/app.tsx': `import { Router } from '@solidjs/router';
import { FileRoutes } from '@solidjs/start/router';
import { Suspense } from 'solid-js';

export default function App() {
  return (
    <Router root={(props) => <Suspense>{props.children}</Suspense>}>
      <FileRoutes />
    </Router>
  );
}
`,
      'src/entry-client.tsx': `// @refresh reload
import { mount, StartClient } from '@solidjs/start/client';

mount(() => <StartClient />, document.getElementById('app')!);
`,
      'src/entry-server.tsx': `// @refresh reload
import { createHandler, StartServer } from '@solidjs/start/server';

export default createHandler(() => (
  <StartServer
    document={({ assets, children, scripts }) => (
      <html lang="en">
        <head>{assets}</head>
        <body>
          <div id="app">{children}</div>
          {scripts}
        </body>
      </html>
    )}
  />
));
`,
      'src/routes/index.tsx': 'export default function Home() {\n  return <p>Home</p>;\n}\n',
      'src/routes/tickets.ts': `import { support } from '../support';

export const POST = async () => {
  ${tickets}
  return Response.json({ id });
};
`,
    },
    create: ['npm install'],
    printed: solidFiles,
    build: 'npx vite build',
    start: 'HOST=127.0.0.1 node .output/server/index.mjs',
    worker: 'cairnloop worker',
  },
];
