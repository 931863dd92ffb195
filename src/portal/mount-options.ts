import type { IncomingMessage } from 'node:http';
import type { Awaitable } from '../contracts/result.js';
import { closestWord } from '../foundation/closest-word.js';
import { CairnloopError } from '../foundation/errors.js';
import type { LiveSettings } from '../http/live-streams.js';
import {
  basePathRule,
  type Expectations,
  isFunction,
  isListOfTexts,
  isLiveSettings,
  liveSettingsRule,
  optional,
  readMountOptions,
} from '../http/mount-options.js';
import { isLocale, type PortalStrings, textKeys } from './strings/strings.js';

/** A customer as the host's session knows them. */
export interface PortalCustomer {
  /** Their conversations are those with this `actorId`, compared to the letter. */
  id: string;
  /** How their own page calls them. */
  name?: string;
  /** Stored with the conversations that they open. */
  hostUserId?: string;
}

/** How often one customer may write and read. */
export interface PortalRateLimit {
  /** Conversations, messages and ratings within a minute, counted over all processes. Default 20, at most 1000. */
  perMinute?: number;
  /** Pages and API calls within a minute, counted in each process by itself. Default 600, at most 60 000. */
  readsPerMinute?: number;
}

/** How a host mounts the portal. */
export interface PortalOptions {
  /** The path it is mounted under, e.g. `/help`; `/` for the root. */
  basePath: string;
  /**
   * Who is at the other end, from the host's own session; null when nobody is signed in, which is answered with 401. The
   * only source of identity. Under a Node server `native.incoming` is the request as the host's framework left it.
   */
  customer: (request: Request, native: { incoming?: IncomingMessage }) => Awaitable<PortalCustomer | null>;
  /** Texts to replace, and `locale`. Default: English, German or Arabic, as the browser asks. */
  strings?: PortalStrings;
  rateLimit?: PortalRateLimit;
  /** CSS of the host's own, served after the portal's: set the `--cairnloop-…` properties to change its look. */
  styles?: string;
  /** The host names it answers to; any other is refused. Default: every one, as the host's server decides. */
  hosts?: readonly string[];
  /** Live updates of open pages: how many for one customer, and how often the session is checked again. */
  live?: LiveSettings;
}

/** The options with their defaults. `base` has no slash at its end, so that paths can be put after it. */
export interface MountedPortal {
  base: string;
  customer: PortalOptions['customer'];
  strings: PortalStrings;
  writesPerMinute: number;
  readsPerMinute: number;
  styles: string | undefined;
  hosts: readonly string[] | undefined;
  live: LiveSettings;
}

const helper = 'cairnloop.portal()';
/** The most of each that can be allowed. */
const largestLimits: Record<keyof PortalRateLimit, number> = { perMinute: 1000, readsPerMinute: 60_000 };

const rateLimitRule = Object.entries(largestLimits)
  .map(([key, most]) => `${key}: 1 to ${most}`)
  .join(', ');

const expectations: Expectations<PortalOptions> = {
  basePath: basePathRule,
  customer: ['a function (request) => { id, name?, hostUserId? } | null', isFunction],
  strings: ['an object of texts, such as { locale: "de", title: "Hilfe" }', optional(isPlainObject)],
  rateLimit: [`an object { ${rateLimitRule} }`, optional(isRateLimit)],
  styles: ['a text of CSS', optional((value) => typeof value === 'string')],
  hosts: ['a list of host names', optional(isListOfTexts)],
  live: [liveSettingsRule, optional(isLiveSettings)],
};

/** Checks what the host handed in. Throws `MOUNT_OPTION_INVALID`, naming the first option that is wrong. */
export function portalOptions(given: PortalOptions): MountedPortal {
  const options = readMountOptions(helper, expectations, given);
  return {
    base: options.basePath.replace(/\/$/, ''),
    customer: options.customer,
    strings: readStrings(options.strings ?? {}),
    writesPerMinute: options.rateLimit?.perMinute ?? 20,
    readsPerMinute: options.rateLimit?.readsPerMinute ?? 600,
    styles: options.styles,
    hosts: options.hosts?.map((host) => host.toLowerCase()),
    live: options.live ?? {},
  };
}

/** A copy. A slip in a key would leave a text as it was. */
function readStrings(given: PortalStrings): PortalStrings {
  const refuse = (option: string, expected: string, found: string) =>
    new CairnloopError('MOUNT_OPTION_INVALID', { helper, option: `strings.${option}`, expected, found });
  const known: string[] = ['locale', ...textKeys];
  const entries = Object.entries(given).filter(([, text]) => text !== undefined);
  for (const [key, text] of entries) {
    const meant = closestWord(key, known);
    if (!known.includes(key))
      throw refuse(
        key,
        meant ? `a known text (did you mean "${meant}"?)` : `one of ${known.join(', ')}`,
        'an unknown text',
      );
    if (typeof text !== 'string' || text.trim() === '')
      throw refuse(key, 'a text', typeof text === 'string' ? 'a blank text' : typeof text);
    if (key === 'locale' && !isLocale(text))
      throw refuse(key, 'a language tag such as "de" or "pt-BR"', JSON.stringify(text));
  }
  return Object.fromEntries(entries);
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRateLimit(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  return Object.entries(value as object).every(
    ([key, limit]) =>
      Object.hasOwn(largestLimits, key) &&
      (limit === undefined || isWithin(limit, largestLimits[key as keyof PortalRateLimit])),
  );
}

function isWithin(limit: unknown, most: number): boolean {
  return Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= most;
}
