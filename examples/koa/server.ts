import { type Cairnloop, createCairnloop } from 'cairnloop';
import Koa, { type Middleware } from 'koa';
import config from '../cairnloop.config.js';
import { address, announce, onSignal, stop } from '../host-process.js';
import { customerOf, operatorOf } from '../session.js';

// With it `currentContext` is the context of the request that is being answered.
const app = new Koa({ asyncLocalStorage: true });

const cairnloop = await createCairnloop(config);
const workspace = cairnloop.workspace({
  basePath: '/support',
  operator: () => app.currentContext?.state.operator ?? null,
});
const portal = cairnloop.portal({
  basePath: '/help',
  customer: () => app.currentContext?.state.customer ?? null,
});

// Before the session: probes do not sign in.
app.use(mounted(cairnloop.operations()));
app.use((context, next) => {
  context.state.operator = operatorOf(context.get('cookie'));
  context.state.customer = customerOf(context.get('cookie'));
  return next();
});
app.use(mounted(workspace));
app.use(mounted(portal));
app.use((context) => {
  if (context.path === '/') context.body = 'The shop';
});

const server = app.listen(address.port, address.host);
announce(server);
onSignal(() => stop(server, cairnloop, workspace, portal));

/** Answers in Koa's stead; what is not the handler's goes on. */
function mounted({ node }: ReturnType<Cairnloop['operations']>): Middleware {
  return (context, next) => {
    context.respond = false;
    return node(context.req, context.res, () => {
      context.respond = true;
      return next();
    });
  };
}
