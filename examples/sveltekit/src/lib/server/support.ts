import { createCairnloop } from 'cairnloop';
import config from '../../../cairnloop.config';
import { customerOf, operatorOf } from './session';
import { openShop } from './shop';

let opened: ReturnType<typeof open> | undefined;

/** Connects at the first request and not at import, which `vite build` does too; after a failure it tries again. */
export function support(): ReturnType<typeof open> {
  opened ??= open().catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function open() {
  const cairnloop = await createCairnloop(config);
  const workspace = cairnloop.workspace({
    basePath: '/support',
    operator: (request) => operatorOf(request.headers.get('cookie')),
  });
  const portal = cairnloop.portal({
    basePath: '/help',
    customer: (request) => customerOf(request.headers.get('cookie')),
  });
  const shop = await openShop();
  // Live streams of open pages would keep the server from stopping.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, async () => {
      await cairnloop.close();
      await shop.close();
    });
  return { cairnloop, shop, workspace, portal, operations: cairnloop.operations() };
}
