/**
 * Frameworks that `init` recognises but has no complete mount lines for: the kind of their handlers, and how to call
 * one.
 */

export interface PartlySupportedFramework {
  title: string;
  /** `fetch`: handlers take a `Request` and return a `Response`. `node`: they take Node's request and response. */
  handler: 'fetch' | 'node';
  /** Lines that call Cairnloop's handler in this framework. */
  call: readonly string[];
}

const asMiddleware = ['app.use(supportHandler);'];
/** toWebRequest() consumes the body, which later handlers then lack, so it is called only for Cairnloop's paths. */
const inHandler = [
  'defineEventHandler((event) => {',
  '  if (/^\\/(support|help|health|metrics)(?:[/?]|$)/.test(event.path)) return supportResponse(toWebRequest(event));',
  '});',
];
const inNitro = ['// server/middleware/support', `export default ${inHandler[0]}`, ...inHandler.slice(1)];
const asRoute = [
  '// One splat route below each of the paths, e.g. app/routes/support.$',
  'export const loader = ({ request }) => supportResponse(request);',
  'export const action = loader;',
];

/** Nitro 3 bundles a package that traceDeps does not name, without its styles and scripts. */
const tracedByNitro = (place: string) => [
  `// ${place}: Node loads the package, not the bundler`,
  "// traceDeps: ['cairnloop*'],",
];

/** The frameworks by package. One that is built on another one comes before it. */
export const partlySupportedFrameworks = {
  nuxt: { title: 'Nuxt', handler: 'fetch', call: inNitro },
  astro: {
    title: 'Astro',
    handler: 'fetch',
    call: [
      '// src/middleware, where pages are rendered on demand',
      'export const onRequest = async ({ request }, next) => (await supportResponse(request)) ?? next();',
    ],
  },
  '@react-router/dev': { title: 'React Router', handler: 'fetch', call: asRoute },
  '@react-router/node': { title: 'React Router', handler: 'fetch', call: asRoute },
  '@remix-run/dev': { title: 'Remix', handler: 'fetch', call: asRoute },
  '@remix-run/node': { title: 'Remix', handler: 'fetch', call: asRoute },
  '@solidjs/start': {
    title: 'SolidStart',
    handler: 'fetch',
    call: [
      '// src/middleware',
      'export default createMiddleware({ onRequest: ({ request }) => supportResponse(request) });',
      ...tracedByNitro('the options of nitro() in vite.config, from version 2 of SolidStart on'),
    ],
  },
  '@tanstack/react-start': { title: 'TanStack Start', handler: 'fetch', call: [] },
  '@tanstack/solid-start': { title: 'TanStack Start', handler: 'fetch', call: [] },
  '@builder.io/qwik-city': { title: 'Qwik City', handler: 'fetch', call: [] },
  '@analogjs/platform': { title: 'Analog', handler: 'fetch', call: inNitro },
  nitro: {
    title: 'Nitro',
    handler: 'fetch',
    call: [
      '// server/middleware/support, where serverDir is ./server',
      'export default (event) => supportResponse(event.req);',
      ...tracedByNitro('nitro.config'),
    ],
  },
  nitropack: { title: 'Nitro', handler: 'fetch', call: inNitro },
  h3: {
    title: 'h3',
    handler: 'fetch',
    call: [
      'app.use((event) => supportResponse(event.req));',
      '// In version 1 of h3, with app.use() around it:',
      ...inHandler.map((line) => `// ${line}`),
    ],
  },
  elysia: {
    title: 'Elysia',
    handler: 'fetch',
    call: ['app.onRequest(({ request }) => supportResponse(request));'],
  },
  '@feathersjs/koa': {
    title: 'Feathers',
    handler: 'node',
    call: [
      '// Before bodyParser()',
      'app.use(async (context, next) => {',
      '  context.respond = false;',
      '  await supportHandler(context.req, context.res, () => {',
      '    context.respond = true;',
      '    return next();',
      '  });',
      '});',
    ],
  },
  '@feathersjs/express': { title: 'Feathers', handler: 'node', call: asMiddleware },
  '@hapi/hapi': {
    title: 'Hapi',
    handler: 'node',
    call: [
      "server.ext('onRequest', async ({ raw }, h) => {",
      '  let outcome = h.abandon;',
      '  await supportHandler(raw.req, raw.res, () => {',
      '    outcome = h.continue;',
      '  });',
      '  return outcome;',
      '});',
    ],
  },
  restify: {
    title: 'Restify',
    handler: 'node',
    call: ['server.pre((request, response, next) => void supportHandler(request, response, next));'],
  },
  polka: { title: 'Polka', handler: 'node', call: asMiddleware },
  connect: { title: 'Connect', handler: 'node', call: asMiddleware },
  '@tinyhttp/app': { title: 'tinyhttp', handler: 'node', call: asMiddleware },
  '@loopback/rest': { title: 'LoopBack', handler: 'node', call: [] },
  'moleculer-web': { title: 'Moleculer', handler: 'node', call: [] },
  sails: { title: 'Sails', handler: 'node', call: [] },
  '@strapi/strapi': { title: 'Strapi', handler: 'node', call: [] },
  '@marblejs/http': { title: 'Marble', handler: 'node', call: [] },
} as const satisfies Record<string, PartlySupportedFramework>;

export type PartlySupportedFrameworkName = keyof typeof partlySupportedFrameworks;
