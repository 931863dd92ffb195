import { createCairnloop } from 'cairnloop';
import config from '../../cairnloop.config.js';
import { customerOf, operatorOf } from './session.js';
import { openShop } from './shop.js';

let opened: ReturnType<typeof open> | undefined;

/** Connects at the first request: commands of Ace load the same files, and need no database. */
export function support(): ReturnType<typeof open> {
  opened ??= open().catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** Ends live pages and releases every connection. */
export async function closeSupport(): Promise<void> {
  const { cairnloop, shop } = (await opened) ?? {};
  await cairnloop?.close();
  await shop?.close();
}

async function open() {
  const cairnloop = await createCairnloop(config);
  return {
    cairnloop,
    shop: await openShop(),
    operations: cairnloop.operations(),
    workspace: cairnloop.workspace({
      basePath: '/support',
      operator: (request) => operatorOf(request.headers.get('cookie')),
    }),
    portal: cairnloop.portal({
      basePath: '/help',
      customer: (request) => customerOf(request.headers.get('cookie')),
    }),
  };
}
