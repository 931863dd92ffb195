/** Examples that are copied into an application of their framework, called in this process as the framework would. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Send } from './checks.js';
import { root } from './processes.js';

/** Sets variables of this process until the returned function is called, which also removes signal listeners added since. */
export function changeProcess(env: Record<string, string>): () => void {
  const before = { ...process.env };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const listening = signals.map((signal) => new Set(process.listeners(signal)));
  Object.assign(process.env, env);
  return () => {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    for (const [index, signal] of signals.entries()) {
      for (const listener of process.listeners(signal))
        if (!listening[index]?.has(listener)) process.off(signal, listener);
    }
  };
}

/** A copy in a folder of its own, with links in place of an install. */
export function copyExample(name: string): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), `cairnloop-${name}-`)));
  cpSync(path.join(root, 'examples', name), folder, { recursive: true });
  const modules = path.join(folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(root, path.join(modules, 'cairnloop'));
  for (const dependency of ['nodemailer', 'pg'])
    symlinkSync(path.join(root, 'node_modules', dependency), path.join(modules, dependency));
  return folder;
}

const load = (folder: string, file: string) => import(pathToFileURL(path.join(folder, file)).href);

/** What an example responds with, and how it lets go of the database. */
export interface InProcess {
  origin: string;
  send: Send;
  close(): Promise<void>;
}

/** `handle` of the hooks for every request, and the routes where it resolves. */
export async function svelteKit(folder: string): Promise<InProcess> {
  const { handle } = await load(folder, 'src/hooks.server.ts');
  const page = await load(folder, 'src/routes/+server.ts');
  const refund = await load(folder, 'src/routes/orders/[id]/refund/+server.ts');
  const { support } = await load(folder, 'src/lib/server/support');
  const origin = 'http://127.0.0.1:5173';
  const resolve = async ({ url, request }: { url: URL; request: Request }): Promise<Response> => {
    if (url.pathname === '/') return page.GET();
    const [, id] = /^\/orders\/([^/]+)\/refund$/.exec(url.pathname) ?? [];
    return id ? refund.POST({ request, params: { id } }) : new Response('', { status: 404 });
  };
  return {
    origin,
    send: async (at, init) => {
      const request = new Request(`${origin}${at}`, init);
      return handle({ event: { url: new URL(request.url), request }, resolve });
    },
    close: async () => {
      const { cairnloop, shop } = await support();
      await cairnloop.close();
      await shop.close();
    },
  };
}

/** The middleware on a server of Node's, and the controller behind it. */
export async function adonis(folder: string): Promise<InProcess> {
  const { default: Middleware } = await load(folder, 'app/middleware/support_middleware.ts');
  const { default: Refunds } = await load(folder, 'app/controllers/refunds_controller.ts');
  const { default: Provider } = await load(folder, 'providers/support_provider.ts');
  const route = async (req: IncomingMessage, res: ServerResponse) => {
    const [, id] = /^\/orders\/([^/]+)\/refund$/.exec(req.url ?? '') ?? [];
    const response = {
      status: (code: number) => {
        res.statusCode = code;
        return response;
      },
      send: (text: string) => void res.end(text),
    };
    if (id) await new Refunds().store({ request: { request: req }, response, params: { id } });
    else if (req.url === '/') response.send('The shop');
    else response.status(404).send('');
  };
  const server = createServer((req, res) => {
    const context = { request: { request: req }, response: { response: res } };
    void new Middleware().handle(context, () => route(req, res));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    origin,
    send: (at, init) => fetch(`${origin}${at}`, { redirect: 'manual', ...init }),
    close: async () => {
      await new Provider().shutdown();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
