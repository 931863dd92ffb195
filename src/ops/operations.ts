import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { describeFound } from '../config/describe-found.js';
import { metricsPathProblem, opsPath } from '../config/key-rules.js';
import { CairnloopError } from '../errors.js';

export interface OperationsOptions {
  /** Default: `ops.healthPath` of the config, `/health`. Readiness is `<healthPath>/ready`. */
  healthPath?: string;
  /** Default: `ops.metricsPath` of the config, `/metrics`. */
  metricsPath?: string;
}

/** One handler in two shapes: for fetch-style servers and for Node's. */
export interface Mounted {
  /** Answers every request; paths that are not its own with 404. */
  fetch: (request: Request) => Promise<Response>;
  /** Hands paths that are not its own to `next` where there is one. */
  node: (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => Promise<void>;
}

/** What the endpoints report. */
export interface OperationsSources {
  ready(): Promise<Readiness>;
  /** Null: no reporter is configured. */
  metrics: (() => Promise<{ contentType: string; body: string }>) | null;
}

export type Check = 'ok' | 'failed' | 'draining';

export interface Readiness {
  status: 'ok' | 'unavailable';
  checks: { database: Check; jobs: Check; migrations: Check; worker?: Check };
}

/** Builds `/health`, `/health/ready` and `/metrics`. Throws `MOUNT_OPTION_INVALID` for wrong paths and unknown options. */
export function createOperations(sources: OperationsSources, paths: Required<OperationsOptions>): Mounted {
  const { healthPath, metricsPath } = paths;
  const readyPath = `${healthPath}/ready`;
  const app = new Hono();
  app.get(healthPath, (c) => c.json({ status: 'ok' }));
  app.get(readyPath, async (c) => {
    const readiness = await sources.ready();
    return c.json(readiness, readiness.status === 'ok' ? 200 : 503);
  });
  app.get(metricsPath, async (c) => {
    if (!sources.metrics) return c.text(metricsGuidance, 501);
    try {
      const { contentType, body } = await sources.metrics();
      return c.body(body, 200, { 'content-type': contentType });
    } catch {
      return c.text('The metrics could not be collected in time; the next scrape tries again.\n', 503);
    }
  });
  for (const path of [healthPath, readyPath, metricsPath]) {
    app.all(path, (c) => c.text('Only GET and HEAD are answered here.\n', 405, { allow: 'GET, HEAD' }));
  }
  app.notFound((c) => c.text('Not found.\n', 404));

  const owned = new Set([healthPath, readyPath, metricsPath]);
  const fetch = async (request: Request) => app.fetch(request);
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  return {
    fetch,
    async node(request, response, next) {
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
      if (next && !owned.has(path)) return next();
      await listener(request, response);
    },
  };
}

const metricsGuidance =
  "Metrics are not configured. Add this line to cairnloop.config.ts and restart:\n\n  metrics: prometheus(), // import { prometheus } from 'cairnloop'\n";

/** Checks the options of {@link createOperations} where it is mounted, so that a typing slip does not hide an endpoint. */
export function operationsPaths(
  options: OperationsOptions,
  defaults: Required<OperationsOptions>,
): Required<OperationsOptions> {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    refuse('options', 'an object such as { healthPath: "/health" }', options);
  for (const key of Object.keys(options)) {
    if (!(key in defaults)) refuse(key, 'no such option (known: healthPath, metricsPath)', options[key as never]);
  }
  const paths = { ...defaults, ...definedOnly(options) };
  for (const key of ['healthPath', 'metricsPath'] as const) {
    if (!opsPath.accepts(paths[key])) refuse(key, opsPath.expected, paths[key]);
  }
  const problem = metricsPathProblem(paths.healthPath, paths.metricsPath);
  if (problem) refuse(problem.path, problem.expected, paths.metricsPath);
  return paths;
}

function definedOnly(options: OperationsOptions): OperationsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function refuse(option: string, expected: string, found: unknown): never {
  throw new CairnloopError('MOUNT_OPTION_INVALID', {
    helper: 'operations',
    option,
    expected,
    found: describeFound(found),
  });
}
