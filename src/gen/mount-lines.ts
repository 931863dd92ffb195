/** The lines that mount operations, workspace and portal, by framework. */
import type { Framework } from './host-snapshot.js';
import { adonisMountLines, nextJsMountLines, svelteMountLines } from './lazy-mount-lines.js';

export interface MountCode {
  title: string;
  /** The file to put the mount lines in, without extension: a name in the source folder, or a path in the package. */
  file: string;
  lines: readonly string[];
  /** The mount lines with TypeScript types; absent if `lines` is valid TypeScript already. */
  typedLines?: readonly string[];
  /** True if the mount lines connect at the first request, because a build or a test imports them too. */
  isLazy?: boolean;
}

const operator = 'operator: (request, { incoming }) => operatorOf(incoming)';
export const workspaceMountCallCode = `workspace({ basePath: '/support', ${operator} })`;
const customer = 'customer: (request, { incoming }) => customerOf(incoming)';
export const portalMountCallCode = `portal({ basePath: '/help', ${customer} })`;

const viaNode = [
  'app.use(cairnloop.operations().node);',
  `app.use(cairnloop.${workspaceMountCallCode}.node);`,
  `app.use(cairnloop.${portalMountCallCode}.node);`,
];
const onRequest = (handler: string) => [
  `app.addHook('onRequest', (request, reply, done) => {`,
  `  ${handler}.node(request.raw, reply.raw, () => done()).catch(done);`,
  '});',
];
export const mountLines: Record<Framework | 'node', MountCode> = {
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
      `const workspace = cairnloop.${workspaceMountCallCode};`,
      ...onRequest('operations'),
      `const portal = cairnloop.${portalMountCallCode};`,
      ...onRequest('workspace'),
      ...onRequest('portal'),
    ],
  },
  koa: {
    title: 'your Koa application, before body parsers',
    file: 'server',
    lines: [
      `for (const { node } of [cairnloop.operations(), cairnloop.${workspaceMountCallCode}, cairnloop.${portalMountCallCode}]) {`,
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
    title:
      'your Next application: in a module named support, which connects at the first request, not while Next builds',
    file: 'support',
    isLazy: true,
    lines: nextJsMountLines(false),
    typedLines: nextJsMountLines(true),
  },
  sveltekit: {
    title: 'src/hooks.server of your SvelteKit application; it connects at the first request and not while Vite builds',
    file: 'hooks.server',
    isLazy: true,
    lines: svelteMountLines(false),
    typedLines: svelteMountLines(true),
  },
  adonis: {
    title: 'a middleware of your Adonis application, first in server.use() of start/kernel: before the body parser',
    file: 'app/middleware/support_middleware',
    isLazy: true,
    lines: adonisMountLines(false),
    typedLines: adonisMountLines(true),
  },
  node: {
    title: 'your server',
    file: 'server',
    lines: [
      '// Where requests are the standard Request: return workspace.fetch(request)',
      'const operations = cairnloop.operations();',
      `const workspace = cairnloop.${workspaceMountCallCode};`,
      `const portal = cairnloop.${portalMountCallCode};`,
      'createServer((req, res) =>',
      '  operations.node(req, res, () => workspace.node(req, res, () => portal.node(req, res, () => yours(req, res)))),',
      ');',
    ],
  },
};
