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
