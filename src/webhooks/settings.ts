import { isIP } from 'node:net';
import { describeType } from '../foundation/describe-value.js';
import { CairnloopError, type ConfigProblem } from '../foundation/errors.js';
import { requireKnownKeys } from '../validation/known-keys.js';
import { minSigningKeyBytes, parseSigningKey } from './sign.js';
import type { WebhookEndpoint, WebhookNotifierOptions } from './webhook-notifier.js';

/** An endpoint of the config, with defaults filled in. */
export interface WebhookEndpointSettings {
  url: URL;
  /** Name of the endpoint in messages: its origin, because path and query may hold a token. */
  name: string;
  keys: readonly Buffer[];
  allowPrivate: boolean;
}

export interface WebhookSettings {
  endpoints: readonly WebhookEndpointSettings[];
  timeoutMs: number;
  pauseAfterFailures: number;
  pauseMs: number;
}

const operation = 'webhookNotifier';

const optionKeys = [
  'endpoints',
  'secret',
  'allowPrivate',
  'timeoutMs',
  'pauseAfterFailures',
  'pauseMs',
] as const satisfies (keyof WebhookNotifierOptions)[];

const endpointKeys = ['url', 'secret'] as const satisfies (keyof WebhookEndpoint)[];

/**
 * Checks the options of `webhookNotifier` and fills in the defaults. Error messages contain no URL and no secret.
 * Throws `INPUT_INVALID`.
 */
export function readWebhookSettings(options: WebhookNotifierOptions): WebhookSettings {
  if (options === undefined) refuse([{ path: 'options', expected: 'an object', found: 'nothing' }]);
  requireKnownKeys(operation, options, optionKeys);
  const { endpoints, allowPrivate = false, timeoutMs = 20_000, pauseAfterFailures = 5, pauseMs = 30_000 } = options;
  const problems: ConfigProblem[] = [];
  for (const [path, value] of Object.entries({ timeoutMs, pauseAfterFailures, pauseMs }))
    if (!Number.isSafeInteger(value) || value < 1)
      problems.push({ path, expected: 'a whole number above 0', found: describeType(value) });
  if (typeof allowPrivate !== 'boolean' && !Array.isArray(allowPrivate))
    problems.push({
      path: 'allowPrivate',
      expected: 'true, or a list of host names',
      found: describeType(allowPrivate),
    });
  if (!Array.isArray(endpoints) || endpoints.length === 0)
    problems.push({ path: 'endpoints', expected: 'a list of at least one URL', found: describeType(endpoints) });
  const read = (Array.isArray(endpoints) ? endpoints : []).map((endpoint, index) =>
    readEndpoint(endpoint, `endpoints[${index}]`, options, problems),
  );
  if (problems.length > 0) refuse(problems);
  return { endpoints: read as WebhookEndpointSettings[], timeoutMs, pauseAfterFailures, pauseMs };
}

function refuse(problems: readonly ConfigProblem[]): never {
  throw new CairnloopError('INPUT_INVALID', { operation, problems });
}

function readEndpoint(
  given: string | WebhookEndpoint,
  path: string,
  { secret, allowPrivate = false }: WebhookNotifierOptions,
  problems: ConfigProblem[],
): WebhookEndpointSettings | null {
  if (typeof given !== 'string') requireKnownKeys(operation, given, endpointKeys, `${path}.`);
  const endpoint = typeof given === 'string' ? { url: given } : given;
  const own = endpoint.secret !== undefined;
  const keys = readKeys(own ? endpoint.secret : secret, own ? `${path}.secret` : 'secret', problems);
  const url = readUrl(endpoint.url, typeof given === 'string' ? path : `${path}.url`, problems);
  if (!url) return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const mayBePrivate = typeof allowPrivate === 'boolean' ? allowPrivate : allowPrivate.includes(host);
  const isLocal = isIP(host) !== 0 || /(^|\.)localhost$/.test(host);
  if (url.protocol === 'http:' && !mayBePrivate && !isLocal)
    problems.push({ path, expected: 'an https URL, or a host that allowPrivate lists', found: `http://${url.host}` });
  return { url, name: url.origin, keys, allowPrivate: mayBePrivate };
}

function readUrl(given: unknown, path: string, problems: ConfigProblem[]): URL | null {
  const expected = 'an https URL without user and password';
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  const found =
    typeof given !== 'string' ? describeType(given) : url ? `a URL with another protocol (${url.protocol})` : 'no URL';
  problems.push({ path, expected, found: url?.username || url?.password ? 'a URL with user or password' : found });
  return null;
}

function readKeys(given: unknown, path: string, problems: ConfigProblem[]): Buffer[] {
  const expected = `"whsec_" and at least ${minSigningKeyBytes} bytes in base64, or a list of such secrets`;
  const secrets: unknown[] = Array.isArray(given) ? given : [given];
  const keys = secrets.map((secret) => (typeof secret === 'string' ? parseSigningKey(secret) : null));
  const at = keys.indexOf(null);
  if (at === -1 && keys.length > 0) return keys as Buffer[];
  const wrong = secrets[at];
  const found = typeof wrong === 'string' ? 'another text' : keys.length === 0 ? 'an empty list' : describeType(wrong);
  if (!problems.some((problem) => problem.path === path)) problems.push({ path, expected, found });
  return [];
}
