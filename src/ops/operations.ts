import { Hono } from 'hono';
import type { Logger } from 'pino';
import { z } from 'zod';
import { metricsPathProblem, opsPathRule } from '../config/key-rules.js';
import { describeFoundValue } from '../foundation/describe-found.js';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { createMount, type RequestHandlers } from '../http/mount.js';
import { type MountOptionSchemas, optionalMountOption, parseMountOptions } from '../validation/mount-options.js';

export type { RequestHandlers } from '../http/mount.js';

export interface OperationsOptions {
  /** Health check path. Default: `ops.healthPath` of the config, `/health`. Readiness is `<healthPath>/ready`. */
  healthPath?: string;
  /** Metrics path. Default: `ops.metricsPath` of the config, `/metrics`. */
  metricsPath?: string;
}

/** Where the health and metrics endpoints get what they report. */
export interface OperationsSources {
  ready(): Promise<Readiness>;
  /** Collects the metrics; null where no metrics reporter is configured. */
  metrics: (() => Promise<{ contentType: string; body: string }>) | null;
  log: Logger;
  /** The name of the config file, for the hint how to configure metrics. */
  configFile?: string | undefined;
}

export type ReadinessCheckStatus = 'ok' | 'failed' | 'draining' | 'waiting';

export interface Readiness {
  status: 'ok' | 'unavailable';
  /** `settlements`: outcomes of callbacks that cannot be written, because another session has their rows locked. */
  checks: {
    database: ReadinessCheckStatus;
    jobs: ReadinessCheckStatus;
    migrations: ReadinessCheckStatus;
    worker?: ReadinessCheckStatus;
    settlements?: ReadinessCheckStatus;
  };
}

/**
 * Builds `/health`, `/health/ready` and `/metrics`. Throws `MOUNT_OPTION_INVALID` for wrong paths and unknown options.
 */
export function createOperations(sources: OperationsSources, paths: Required<OperationsOptions>): RequestHandlers {
  const { healthPath, metricsPath } = paths;
  const owned = new Set([healthPath, `${healthPath}/ready`, metricsPath]);
  const app = new Hono();
  app.get(healthPath, (c) => c.json({ status: 'ok' }));
  app.get(`${healthPath}/ready`, async (c) => {
    const readiness = await readyOrNot(sources);
    return c.json(readiness, readiness.status === 'ok' ? 200 : 503);
  });
  app.get(metricsPath, async (c) => {
    if (!sources.metrics) return c.text(metricsGuidance(sources.configFile), 501);
    try {
      const { contentType, body } = await sources.metrics();
      if (typeof body !== 'string') throw new Error('the registry returned no text');
      // Throws for an invalid content type here: @hono/node-server's own `Response` would throw only when it is sent.
      new Headers({ 'content-type': contentType });
      return c.body(body, 200, { 'content-type': contentType });
    } catch (error) {
      sources.log.warn({ reason: errorText(error) }, 'the metrics could not be collected');
      return c.text('The metrics could not be collected in time; the next scrape tries again.\n', 503);
    }
  });
  for (const path of owned) {
    app.all(path, (c) => c.text('Only GET and HEAD are allowed here.\n', 405, { allow: 'GET, HEAD' }));
  }
  app.notFound((c) => c.text('Not found.\n', 404));
  return createMount({
    name: 'operations endpoint',
    address: 'left or whole',
    headers: {},
    log: sources.log,
    owns: (path) => owned.has(path),
    load: async () => ({ fetch: (request) => app.fetch(request) }),
  });
}

async function readyOrNot({ ready, log }: OperationsSources): Promise<Readiness> {
  try {
    return await ready();
  } catch (error) {
    log.error({ reason: errorText(error) }, 'readiness could not be determined');
    return { status: 'unavailable', checks: { database: 'failed', jobs: 'failed', migrations: 'failed' } };
  }
}

function metricsGuidance(configFile: string | undefined): string {
  const where = configFile ?? 'the config that createCairnloop() is given';
  const load = configFile?.endsWith('.cjs')
    ? "const { prometheus } = require('cairnloop');"
    : "import { prometheus } from 'cairnloop'";
  return `Metrics are not configured. Add this line to ${where} and restart:\n\n  metrics: prometheus(), // ${load}\n`;
}

const path = optionalMountOption(opsPathRule.expected, z.custom<string>(opsPathRule.accepts));
const schemas: MountOptionSchemas<OperationsOptions> = { healthPath: path, metricsPath: path };

/**
 * Checks the paths of the health and metrics endpoints when they are mounted, so that a misspelt option does not leave
 * an endpoint at its default path unnoticed.
 */
export function resolveOperationsPaths(
  options: OperationsOptions,
  defaults: Required<OperationsOptions>,
): Required<OperationsOptions> {
  const paths = { ...defaults, ...parseMountOptions('operations', schemas, options) };
  const problem = metricsPathProblem(paths.healthPath, paths.metricsPath);
  if (!problem) return paths;
  throw new CairnloopError('MOUNT_OPTION_INVALID', {
    helper: 'operations',
    option: problem.path,
    expected: problem.expected,
    found: describeFoundValue(paths.metricsPath),
  });
}
