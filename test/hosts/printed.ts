/** Files of a host that hold the lines which `init` printed, as a reader would put them there. */

export type Printed = (lines: readonly string[]) => Record<string, string>;

/** What the lines leave to the host: who is asking. */
const stubs = `
function operatorOf(request: Request) {
  return { id: request.headers.get('x-operator') ?? 'op_7', name: 'Maya' };
}
function customerOf(request: Request) {
  return { id: request.headers.get('x-customer') ?? 'user_1' };
}
`;

export const svelteFiles: Printed = (lines) => ({ 'src/hooks.server.ts': `${lines.join('\n')}\n${stubs}` });

export const adonisFiles: Printed = (lines) => ({
  'app/middleware/support_middleware.ts': `${lines.join('\n')}\n${stubs}`,
});

/** The lines name each file in a comment of its own. */
export const nextFiles: Printed = (lines) => {
  const text = lines.join('\n');
  const [support = '', rest = ''] = text.split(/^\/\/ app\/support.*\n/m);
  const [route = ''] = rest.split(/^\/\/ app\/help.*$/m);
  const routeOf = (depth: number, name: string) =>
    `import { support } from '${'../'.repeat(depth)}support';\n\n${route.replace('.workspace', `.${name}`)}`;
  return {
    'support.ts': `${support}${stubs}`,
    'app/support/[[...path]]/route.ts': routeOf(3, 'workspace'),
    'app/help/[[...path]]/route.ts': routeOf(3, 'portal'),
    'app/health/[[...path]]/route.ts': routeOf(3, 'operations'),
    'app/metrics/route.ts': routeOf(2, 'operations'),
  };
};

/**
 * The module `support`, and what calls it in the file that a comment names: `call` makes its text from the lines below the
 * comment.
 */
const withCall =
  (comment: RegExp, filesOf: (call: string) => Record<string, string>, support = 'support.ts'): Printed =>
  (lines) => {
    const at = lines.findIndex((line) => comment.test(line));
    const end = lines.findIndex((line, index) => index > at && line === '');
    const call = lines.slice(at + 1, end < 0 ? undefined : end).join('\n');
    return { [support]: `${lines.slice(0, at).join('\n')}\n${stubs}`, ...filesOf(`${call}\n`) };
  };

export const nitroFiles = withCall(/^\/\/ server\/middleware/, (call) => ({
  'server/middleware/support.ts': `import { supportResponse } from '../../support';\n\n${call}`,
}));

export const astroFiles = withCall(
  /^\/\/ src\/middleware/,
  (call) => ({
    'src/middleware.ts': `import type { MiddlewareHandler } from 'astro';\nimport { supportResponse } from './support';\n\n${call.replace('onRequest =', 'onRequest: MiddlewareHandler =')}`,
  }),
  'src/support.ts',
);

export const solidFiles = withCall(
  /^\/\/ src\/middleware/,
  (call) => ({
    'src/middleware.ts': `import { createMiddleware } from '@solidjs/start/middleware';\nimport { supportResponse } from './support';\n\n${call}`,
  }),
  'src/support.ts',
);

/** A splat route below each path, of which the health checks need one more for the path itself. */
export const routeFiles = withCall(/^\/\/ One splat route/, (call) => {
  const route = `import { supportResponse } from '../../support';\n\n${call.replace('({ request })', '({ request }: { request: Request })')}`;
  return Object.fromEntries(
    ['support', 'help', 'health', 'metrics'].map((name) => [`app/routes/${name}.$.tsx`, route]),
  );
});

export const tinyhttpFiles: Printed = (lines) => ({
  'server.ts': `import { App } from '@tinyhttp/app';
const app = new App();
${lines.join('\n')}
${stubs.replaceAll('request: Request', 'request?: IncomingMessage').replaceAll(/request\.headers\.get\('([\w-]+)'\)/g, "request?.headers['$1']?.toString()")}
app.post('/tickets', async (_request, response) => {
  const { id } = await cairnloop.conversations.open({ actorId: 'user_1', message: 'Where is my order?' });
  await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op_7' } });
  response.json({ id });
});
const server = app.listen(Number(process.env.PORT), undefined, '127.0.0.1');
process.once('SIGTERM', () => {
  workspace.close();
  portal.close();
  server.close(() => void cairnloop.close());
});
`,
});
