import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Awaitable } from '../contracts/result.js';
import type { LiveUpdateSettings } from '../http/live-streams.js';
import { readHostReplacementTexts } from '../http/localized-texts.js';
import { isObject } from '../validation/known-keys.js';
import {
  basePathOption,
  hostFunctionSchema,
  hostNameListSchema,
  liveSettingsOption,
  type MountOptionSchemas,
  optionalMountOption,
  parseMountOptions,
  requiredMountOption,
} from '../validation/mount-options.js';
import { type PortalStrings, portalTextKeys } from './strings/strings.js';

/** A customer as the host's session knows them. */
export interface PortalCustomer {
  /** The customer's id. A conversation belongs to the customer if its `actorId` is exactly this id. */
  id: string;
  /**
   * The customer's name, shown on their own page and to operators; stored as `customer.name` of the conversations that
   * they open.
   */
  name?: string;
  /** The host's user id, stored with the conversations that the customer opens. */
  hostUserId?: string;
}

/** How often one customer may write and read. */
export interface PortalRateLimit {
  /** The most conversations, messages and ratings per minute, counted over all processes. Default 20, at most 1000. */
  perMinute?: number;
  /** The most pages and API calls per minute, counted by each process on its own. Default 600, at most 60 000. */
  readsPerMinute?: number;
}

/** Options with which a host mounts the portal. */
export interface PortalOptions {
  /** The path that the portal is mounted under, e.g. `/help`; `/` for the root. */
  basePath: string;
  /**
   * Returns the customer who sent a request, from the host's own session; null if nobody is signed in, and the response
   * is 401. It is the only source of identity. Under a Node server `native.incoming` is the request as the host's
   * framework left it.
   */
  customer: (request: Request, native: { incoming?: IncomingMessage }) => Awaitable<PortalCustomer | null>;
  /** Texts that replace the portal's own, and `locale`. Default: English, German or Arabic, as the browser prefers. */
  strings?: PortalStrings;
  rateLimit?: PortalRateLimit;
  /** The host's own CSS, served after the portal's: set the `--cairnloop-…` properties to change the portal's look. */
  styles?: string;
  /** Host names that the portal serves; requests to any other are refused. Default: every host name. */
  hosts?: readonly string[];
  /**
   * Settings of live updates: how many open pages one customer may have, and how often their session is checked again.
   */
  live?: LiveUpdateSettings;
}

/** The portal's options with defaults filled in. `base` has no trailing slash, so that paths can be appended to it. */
export interface ResolvedPortalOptions {
  base: string;
  customer: PortalOptions['customer'];
  strings: PortalStrings;
  writesPerMinute: number;
  readsPerMinute: number;
  styles: string | undefined;
  hosts: readonly string[] | undefined;
  live: LiveUpdateSettings;
}

const helper = 'cairnloop.portal()';

const rateLimit = z.strictObject({
  perMinute: z.int().min(1).max(1000).optional(),
  readsPerMinute: z.int().min(1).max(60_000).optional(),
}) as z.ZodType<PortalRateLimit>;

const schemas: MountOptionSchemas<PortalOptions> = {
  basePath: basePathOption,
  customer: requiredMountOption('a function (request) => { id, name?, hostUserId? } | null', hostFunctionSchema()),
  strings: optionalMountOption(
    'an object of texts, such as { locale: "de", title: "Hilfe" }',
    z.custom<PortalStrings>((value) => isObject(value)),
  ),
  rateLimit: optionalMountOption('an object { perMinute: 1 to 1000, readsPerMinute: 1 to 60000 }', rateLimit),
  styles: optionalMountOption('a string of CSS', z.string()),
  hosts: optionalMountOption('a list of host names', hostNameListSchema),
  live: liveSettingsOption,
};

/**
 * Validates the host's options and fills in defaults. Throws `MOUNT_OPTION_INVALID`, naming the first invalid option.
 */
export function readPortalOptions(given: PortalOptions): ResolvedPortalOptions {
  const options = parseMountOptions(helper, schemas, given);
  return {
    base: options.basePath.replace(/\/$/, ''),
    customer: options.customer,
    strings: readHostReplacementTexts(helper, options.strings ?? {}, portalTextKeys),
    writesPerMinute: options.rateLimit?.perMinute ?? 20,
    readsPerMinute: options.rateLimit?.readsPerMinute ?? 600,
    styles: options.styles,
    hosts: options.hosts?.map((host) => host.toLowerCase()),
    live: options.live ?? {},
  };
}
