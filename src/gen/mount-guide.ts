/** The lines that mount the workspace and the operations in the server of a host, by its framework. Pure. */
import path from 'node:path';
import type { Framework, HostSnapshot } from './host-snapshot.js';
import { specifier } from './names.js';
import { type OtherFramework, otherFrameworks } from './other-frameworks.js';

const operator = 'operator: (request, { incoming }) => operatorOf(incoming)';
const workspace = `workspace({ basePath: '/support', ${operator} })`;
const customer = 'customer: (request, { incoming }) => customerOf(incoming)';
const portal = `portal({ basePath: '/help', ${customer} })`;

interface Guide {
  title: string;
  /** The server's file, from which the config is imported: in the source folder, or as a path in the package. */
  file: string;
  lines: readonly string[];
  /** The same in TypeScript, where JavaScript lacks types that a strict compiler wants. */
  typedLines?: readonly string[];
  /** True where the lines connect at the first request: a build, or a test, imports them too. */
  isLazy?: boolean;
}

const viaNode = [
  'app.use(cairnloop.operations().node);',
  `app.use(cairnloop.${workspace}.node);`,
  `app.use(cairnloop.${portal}.node);`,
];
const onRequest = (handler: string) => [
  `app.addHook('onRequest', (request, reply, done) => {`,
  `  ${handler}.node(request.raw, reply.raw, () => done()).catch(done);`,
  '});',
];
/** Connects at the first request, and again at the next one where that failed. */
const lazy = (isTyped: boolean) => [
  'const connect = () =>',
  '  createCairnloop(config).then((cairnloop) => {',
  '    // A server that stops on SIGTERM would wait for the live streams of open pages.',
  "    if (process.listenerCount('SIGTERM') > 0) {",
  "      process.once('SIGTERM', () => void cairnloop.close());",
  '    }',
  '    return {',
  '      cairnloop,',
  "      workspace: cairnloop.workspace({ basePath: '/support', operator: (request) => operatorOf(request) }),",
  "      portal: cairnloop.portal({ basePath: '/help', customer: (request) => customerOf(request) }),",
  '      operations: cairnloop.operations(),',
  '    };',
  '  });',
  isTyped ? 'let connected: ReturnType<typeof connect> | undefined;' : 'let connected;',
  'export const support = () => {',
  '  connected ??= connect().catch((error) => {',
  '    connected = undefined;',
  '    throw error;',
  '  });',
  '  return connected;',
  '};',
];

const nextLines = (isTyped: boolean) => [
  ...lazy(isTyped),
  '',
  '// app/support/[[...path]]/route.ts',
  "import { connection } from 'next/server';",
  '',
  `const handle = async (request${isTyped ? ': Request' : ''}) => {`,
  "  await connection(); // So that no build calls it. In Next 14: export const dynamic = 'force-dynamic'",
  '  return (await support()).workspace.fetch(request);',
  '};',
  'export { handle as GET, handle as HEAD, handle as POST };',
  '// app/help/[[...path]]/route.ts: the same with portal',
  '// app/health/[[...path]]/route.ts and app/metrics/route.ts: the same with operations',
  '',
  '// next.config: Node loads the package, not the bundler',
  "serverExternalPackages: ['cairnloop'],",
];
const svelteLines = (isTyped: boolean) => [
  ...(isTyped ? ["import type { Handle } from '@sveltejs/kit';"] : []),
  '',
  ...lazy(isTyped),
  `export const handle${isTyped ? ': Handle' : ''} = async ({ event, resolve }) => {`,
  "  const [, mount = ''] = /^\\/(support|help|health|metrics)(?:\\/|$)/.exec(event.url.pathname) ?? [];",
  '  if (!mount) return resolve(event);',
  '  const { workspace, portal, operations } = await support();',
  "  const handler = mount === 'support' ? workspace : mount === 'help' ? portal : operations;",
  '  return handler.fetch(event.request);',
  '};',
];
const adonisLines = (isTyped: boolean) => [
  ...(isTyped
    ? [
        "import type { HttpContext } from '@adonisjs/core/http';",
        "import type { NextFn } from '@adonisjs/core/types/http';",
      ]
    : []),
  '',
  ...lazy(isTyped),
  'export default class SupportMiddleware {',
  `  async handle({ request, response }${isTyped ? ': HttpContext' : ''}, next${isTyped ? ': NextFn' : ''}) {`,
  '    const { workspace, portal, operations } = await support();',
  '    const { request: req } = request;',
  '    const { response: res } = response;',
  '    await operations.node(req, res, () => workspace.node(req, res, () => portal.node(req, res, next)));',
  '  }',
  '}',
];

const fetchLines = (isTyped: boolean) => [
  ...lazy(isTyped),
  '/** Undefined for what is not for Cairnloop. */',
  `export const supportResponse = async (request${isTyped ? ': Request' : ''}) => {`,
  "  const [, mount = ''] = /^\\/(support|help|health|metrics)(?:\\/|$)/.exec(new URL(request.url).pathname) ?? [];",
  '  if (!mount) return undefined;',
  '  const { workspace, portal, operations } = await support();',
  "  const handler = mount === 'support' ? workspace : mount === 'help' ? portal : operations;",
  '  return handler.fetch(request);',
  '};',
];
const nodeLines = (isTyped: boolean) => [
  'const operations = cairnloop.operations();',
  `const workspace = cairnloop.${workspace};`,
  `const portal = cairnloop.${portal};`,
  isTyped
    ? 'const supportHandler = (req: IncomingMessage, res: ServerResponse, next: () => void) =>'
    : 'const supportHandler = (req, res, next) =>',
  '  operations.node(req, res, () => workspace.node(req, res, () => portal.node(req, res, next)));',
];

/** For a framework without lines of its own: a handler, and how it is called there. */
function otherGuide({ title, handler, call }: OtherFramework): Guide {
  const unknown = `your ${title} application. It is none of the frameworks that init knows, so check where`;
  if (handler === 'fetch')
    return {
      title: `${unknown} requests have the standard Request, whose body nobody has read, and call supportResponse there`,
      file: 'support',
      isLazy: true,
      lines: [...fetchLines(false), ...call],
      typedLines: [...fetchLines(true), ...call],
    };
  return {
    title: `${unknown} requests have Node's request and response, before a body parser, and call supportHandler there`,
    file: 'server',
    lines: [...nodeLines(false), ...call],
    typedLines: ["import type { IncomingMessage, ServerResponse } from 'node:http';", ...nodeLines(true), ...call],
  };
}

const guides: Record<Framework | 'node', Guide> = {
  express: {
    title: 'your Express application, before body parsers such as express.json()',
    file: 'server',
    lines: viaNode,
  },
  nest: {
    title: 'bootstrap() of your Nest application, right after NestFactory.create(): before body parsers',
    file: 'main',
    lines: viaNode,
  },
  fastify: {
    title: 'your Fastify application, before plugins that read bodies',
    file: 'server',
    lines: [
      'const operations = cairnloop.operations();',
      `const workspace = cairnloop.${workspace};`,
      ...onRequest('operations'),
      `const portal = cairnloop.${portal};`,
      ...onRequest('workspace'),
      ...onRequest('portal'),
    ],
  },
  koa: {
    title: 'your Koa application, before body parsers',
    file: 'server',
    lines: [
      `for (const { node } of [cairnloop.operations(), cairnloop.${workspace}, cairnloop.${portal}]) {`,
      '  app.use((context, next) => {',
      '    context.respond = false;',
      '    return node(context.req, context.res, () => {',
      '      context.respond = true;',
      '      return next();',
      '    });',
      '  });',
      '}',
    ],
  },
  hono: {
    title: 'your Hono application',
    file: 'index',
    lines: [
      'const operations = cairnloop.operations();',
      "const workspace = cairnloop.workspace({ basePath: '/support', operator: (request) => operatorOf(request) });",
      "const portal = cairnloop.portal({ basePath: '/help', customer: (request) => customerOf(request) });",
      "app.all('/health/*', (c) => operations.fetch(c.req.raw));",
      "app.all('/metrics', (c) => operations.fetch(c.req.raw));",
      "app.all('/support/*', (c) => workspace.fetch(c.req.raw));",
      "app.all('/help/*', (c) => portal.fetch(c.req.raw));",
    ],
  },
  next: {
    title: 'your Next application: a module support, which connects at the first request and not while Next builds',
    file: 'support',
    isLazy: true,
    lines: nextLines(false),
    typedLines: nextLines(true),
  },
  sveltekit: {
    title: 'src/hooks.server of your SvelteKit application; it connects at the first request and not while Vite builds',
    file: 'hooks.server',
    isLazy: true,
    lines: svelteLines(false),
    typedLines: svelteLines(true),
  },
  adonis: {
    title: 'a middleware of your Adonis application, first in server.use() of start/kernel: before the body parser',
    file: 'app/middleware/support_middleware',
    isLazy: true,
    lines: adonisLines(false),
    typedLines: adonisLines(true),
  },
  node: {
    title: 'your server',
    file: 'server',
    lines: [
      '// Of a server with the standard Request and Response: return workspace.fetch(request)',
      'const operations = cairnloop.operations();',
      `const workspace = cairnloop.${workspace};`,
      `const portal = cairnloop.${portal};`,
      'createServer((req, res) =>',
      '  operations.node(req, res, () => workspace.node(req, res, () => portal.node(req, res, () => yours(req, res)))),',
      ');',
    ],
  },
};

const inTransaction = [
  '',
  '// In your own transaction, committed together with your rows:',
  '// await cairnloop.within(client).conversations.open({ actorId, subject, message });',
];

export function mountGuide(host: HostSnapshot): { title: string; lines: string[] } {
  const { title, file, isLazy = false, ...guide } = guideFor(host);
  const chosen = (host.language === 'ts' ? guide.typedLines : undefined) ?? guide.lines;
  const lines = host.moduleForm === 'commonjs' ? chosen.map((line) => line.replace(/^export (?=const )/, '')) : chosen;
  const connect = isLazy ? [] : ['', 'const cairnloop = await createCairnloop(config);'];
  return { title, lines: [...imports(host, file), ...connect, ...lines, ...inTransaction] };
}

function guideFor({ framework, otherFramework }: HostSnapshot): Guide {
  if (framework === null && otherFramework !== null) return otherGuide(otherFrameworks[otherFramework]);
  return guides[framework ?? 'node'];
}

function imports({ config, sourceFolder, extension, moduleForm }: HostSnapshot, file: string): string[] {
  const at = file.includes('/') ? file : path.posix.join(sourceFolder, file);
  const from = specifier(`${at}.ts`, config.path, extension);
  if (moduleForm === 'commonjs') {
    return [
      "const { createCairnloop } = require('cairnloop');",
      `const config = require('${from}');`,
      '// In an async function: CommonJS has no await at the top.',
    ];
  }
  return ["import { createCairnloop } from 'cairnloop';", `import config from '${from}';`];
}

/** How the server comes by the variables that the command line reads from `.env`; undefined where it reads them itself. */
export function envLine({ framework, dependencies }: HostSnapshot): string | undefined {
  const readers = [
    'dotenv',
    'dotenv-flow',
    '@nestjs/config',
    '@fastify/env',
    '@dotenvx/dotenvx',
    'env-cmd',
    'dotenv-cli',
  ];
  const readsItself =
    framework === 'next' || framework === 'adonis' || readers.some((name) => dependencies.includes(name));
  return readsItself
    ? undefined
    : 'The command line reads .env, your server does not: start it with node --env-file=.env';
}
