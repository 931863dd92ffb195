/** `cairnloop/fastify`: one instance for a Fastify application, mounted in its server, closed with it. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Cairnloop, type CreateOptions, createCairnloop } from './index.js';
import { createConfiguredMounts, type InstanceOptions, withMountTracking } from './server-mounts.js';

declare module 'fastify' {
  interface FastifyInstance {
    cairnloop: Cairnloop;
  }
}

export interface CairnloopFastifyOptions extends InstanceOptions {
  logger?: CreateOptions['logger'];
}

const requests = new WeakMap<IncomingMessage, FastifyRequest>();

/** Returns Fastify's own request, with its session, for the `incoming` request that the `operator` function gets. */
export function fastifyRequest(incoming: IncomingMessage | undefined): FastifyRequest | undefined {
  return incoming && requests.get(incoming);
}

/**
 * `await app.register(cairnloop, options)`, after the plugins that read the session. The mounts respond in an
 * `onRequest` hook, before Fastify reads a body; `app.cairnloop` is the instance, and `app.close()` releases it.
 */
export async function cairnloop(app: FastifyInstance, options: CairnloopFastifyOptions): Promise<void> {
  const { config, logger } = options;
  const mounts = withMountTracking(await createCairnloop(config, logger === undefined ? {} : { logger }));
  app.addHook('preClose', async () => mounts.endStreams());
  app.addHook('onClose', () => mounts.cairnloop.close());
  app.decorate('cairnloop', mounts.cairnloop);
  app.addHook('onRequest', async (request) => {
    requests.set(request.raw, request);
  });
  for (const { node } of createConfiguredMounts(mounts.cairnloop, options)) {
    app.addHook('onRequest', (request, reply, done) => {
      node(request.raw, reply.raw, () => done()).catch(done);
    });
  }
}

// Marks the plugin as fastify-plugin does: its hooks and `app.cairnloop` belong to the whole application, not to an
// encapsulated scope.
Object.assign(cairnloop, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'cairnloop',
  [Symbol.for('plugin-meta')]: { name: 'cairnloop', fastify: '5.x' },
});

export default cairnloop;
