/** The mount lines for frameworks whose build imports the server's modules: they connect at the first request. */

/** Lines that connect at the first request. If that fails, the next request connects again. */
const lazy = (isTyped: boolean) => [
  'const connect = () =>',
  '  createCairnloop(config).then((cairnloop) => {',
  '    // Closes the live streams of open pages, or a server that stops on SIGTERM would wait for them.',
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

export const fetchHandlerMountLines = (isTyped: boolean) => [
  ...lazy(isTyped),
  '/** Returns undefined for requests that are not for Cairnloop. */',
  `export const supportResponse = async (request${isTyped ? ': Request' : ''}) => {`,
  "  const [, mount = ''] = /^\\/(support|help|health|metrics)(?:\\/|$)/.exec(new URL(request.url).pathname) ?? [];",
  '  if (!mount) return undefined;',
  '  const { workspace, portal, operations } = await support();',
  "  const handler = mount === 'support' ? workspace : mount === 'help' ? portal : operations;",
  '  return handler.fetch(request);',
  '};',
];
export const nextJsMountLines = (isTyped: boolean) => [
  ...lazy(isTyped),
  '',
  '// app/support/[[...path]]/route.ts',
  "import { connection } from 'next/server';",
  '',
  `const handle = async (request${isTyped ? ': Request' : ''}) => {`,
  "  await connection(); // Keeps the build from calling it. In Next 14: export const dynamic = 'force-dynamic'",
  '  return (await support()).workspace.fetch(request);',
  '};',
  'export { handle as GET, handle as HEAD, handle as POST };',
  '// app/help/[[...path]]/route.ts: the same with portal',
  '// app/health/[[...path]]/route.ts and app/metrics/route.ts: the same with operations',
  '',
  '// next.config: Node loads the package, not the bundler',
  "serverExternalPackages: ['cairnloop'],",
];
export const svelteMountLines = (isTyped: boolean) => [
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
export const adonisMountLines = (isTyped: boolean) => [
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
