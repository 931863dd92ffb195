import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Awaitable } from '../contracts/result.js';
import type { LiveSettings } from '../http/live-streams.js';
import { readHostTexts } from '../http/wording.js';
import { isObject } from '../validation/known-keys.js';
import {
  basePathOption,
  hostFunction,
  hostNameList,
  liveSettingsOption,
  type MountSchemas,
  optionalMountOption,
  readMountOptions,
  requiredMountOption,
} from '../validation/mount-options.js';
import { type PortalStrings, textKeys } from './strings/strings.js';

/** A customer as the host's session knows them. */
export interface PortalCustomer {
  /** Their conversations are those with this `actorId`, compared to the letter. */
  id: string;
  /** How their own page and the operators see them; stored as `customer.name` with the conversations that they open. */
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
  /** The host names it serves; any other is refused. Default: every one, as the host's server decides. */
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

const rateLimit = z.strictObject({
  perMinute: z.int().min(1).max(1000).optional(),
  readsPerMinute: z.int().min(1).max(60_000).optional(),
}) as z.ZodType<PortalRateLimit>;

const schemas: MountSchemas<PortalOptions> = {
  basePath: basePathOption,
  customer: requiredMountOption('a function (request) => { id, name?, hostUserId? } | null', hostFunction()),
  strings: optionalMountOption(
    'an object of texts, such as { locale: "de", title: "Hilfe" }',
    z.custom<PortalStrings>((value) => isObject(value)),
  ),
  rateLimit: optionalMountOption('an object { perMinute: 1 to 1000, readsPerMinute: 1 to 60000 }', rateLimit),
  styles: optionalMountOption('a text of CSS', z.string()),
  hosts: optionalMountOption('a list of host names', hostNameList),
  live: liveSettingsOption,
};

/** Checks what the host handed in. Throws `MOUNT_OPTION_INVALID`, naming the first option that is wrong. */
export function portalOptions(given: PortalOptions): MountedPortal {
  const options = readMountOptions(helper, schemas, given);
  return {
    base: options.basePath.replace(/\/$/, ''),
    customer: options.customer,
    strings: readHostTexts(helper, options.strings ?? {}, textKeys),
    writesPerMinute: options.rateLimit?.perMinute ?? 20,
    readsPerMinute: options.rateLimit?.readsPerMinute ?? 600,
    styles: options.styles,
    hosts: options.hosts?.map((host) => host.toLowerCase()),
    live: options.live ?? {},
  };
}
