import { type Cairnloop, createCairnloop } from 'cairnloop';
import config from './cairnloop.config';
import { openShop } from './refund';
import { customerOf, operatorOf } from './session';

type Handler = (request: Request) => Promise<Response>;

interface Support {
  cairnloop: Cairnloop;
  shop: Awaited<ReturnType<typeof openShop>>;
  workspace: { fetch: Handler };
  portal: { fetch: Handler };
  operations: { fetch: Handler };
}

/** Outlives this module: Next loads it anew for each route, and at each edit while it develops. */
const kept = globalThis as { support?: Promise<Support> };

/** Connects at the first request and not at import, which `next build` does too; after a failure it tries again. */
export function support(): Promise<Support> {
  kept.support ??= open().catch((error) => {
    kept.support = undefined;
    throw error;
  });
  return kept.support;
}

async function open(): Promise<Support> {
  const cairnloop = await createCairnloop(config);
  const workspace = cairnloop.workspace({
    basePath: '/support',
    operator: (request) => operatorOf(request.headers.get('cookie')),
  });
  const portal = cairnloop.portal({
    basePath: '/help',
    customer: (request) => customerOf(request.headers.get('cookie')),
  });
  // On a signal Next finishes running requests and ends the process; live streams of open pages would keep it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      for (const mount of [workspace, portal]) mount.close();
    });
  const shop = await openShop();
  return { cairnloop, shop, workspace, portal, operations: cairnloop.operations() };
}
