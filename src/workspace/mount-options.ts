import type { IncomingMessage } from 'node:http';
import type { Actor } from '../contracts/domain.js';
import type { Awaitable } from '../contracts/result.js';
import type { LiveSettings } from '../http/live-streams.js';
import {
  basePathRule,
  type Expectations,
  isFunction,
  isListOfTexts,
  isLiveSettings,
  isNonEmptyText,
  liveSettingsRule,
  optional,
  readMountOptions,
} from '../http/mount-options.js';

/** How a host mounts the workspace. */
export interface WorkspaceOptions {
  /** The path it is mounted under, e.g. `/support`; `/` for the root. */
  basePath: string;
  /**
   * Who is at the other end, from the host's own session; null when nobody is signed in. The only source of identity:
   * without it every page is 503. Under a Node server `native.incoming` is the request as the host's framework left it.
   * An open page asks again every `live.recheckMs`.
   */
  operator?: (request: Request, native: { incoming?: IncomingMessage }) => Awaitable<Actor | null>;
  /** The product's name in the top bar. Default `Support`. */
  title?: string;
  /** Where an operator signs in: a path of the host's, or an http(s) address. Told to whoever is signed out. */
  signInUrl?: string;
  /** CSS of the host's own, served after the workspace's: set the `--cl-…` properties to change its look. */
  styles?: string;
  /** The host names it answers to; any other is refused. Default: every one, as the host's server decides. */
  hosts?: readonly string[];
  /**
   * For how many seconds an operator can take back a reply, an approval or a resolution: whole, 0 to 60, 0 for not at
   * all. Default 5. Pages without their script act at once.
   */
  takeBackSeconds?: number;
  /** The folder of saved replies, Markdown files; relative to where the process runs. Default `cairnloop/replies`. */
  repliesFolder?: string;
  /** Live updates of open pages: how many for one operator, and how often the session is checked again. */
  live?: LiveSettings;
}

/** The options with their defaults. `base` has no slash at its end, so that paths can be put after it. */
export interface MountedOptions {
  base: string;
  operator: WorkspaceOptions['operator'];
  title: string;
  signInUrl: string | undefined;
  styles: string | undefined;
  hosts: readonly string[] | undefined;
  takeBackSeconds?: number;
  repliesFolder?: string;
  live?: LiveSettings;
}

const expectations: Expectations<WorkspaceOptions> = {
  basePath: basePathRule,
  operator: ['a function (request) => Actor | null', optional(isFunction)],
  title: ['a text', optional(isNonEmptyText)],
  signInUrl: ['a path that begins with one "/", or an http(s) address', optional(isSignInUrl)],
  styles: ['a text of CSS', optional((value) => typeof value === 'string')],
  hosts: ['a list of host names', optional(isListOfTexts)],
  takeBackSeconds: ['a whole number of seconds from 0 to 60', optional(isTakeBackSeconds)],
  repliesFolder: ['the path of a folder', optional(isNonEmptyText)],
  live: [liveSettingsRule, optional(isLiveSettings)],
};

export const defaultTakeBackSeconds = 5;
export const defaultRepliesFolder = 'cairnloop/replies';

/** Checks what the host handed in. Throws `MOUNT_OPTION_INVALID`, naming the first option that is wrong. */
export function mountOptions(given: WorkspaceOptions): MountedOptions {
  const options = readMountOptions('cairnloop.workspace()', expectations, given);
  return {
    base: options.basePath.replace(/\/$/, ''),
    operator: options.operator,
    title: options.title ?? 'Support',
    signInUrl: options.signInUrl,
    styles: options.styles,
    hosts: options.hosts?.map((host) => host.toLowerCase()),
    ...(options.takeBackSeconds !== undefined && { takeBackSeconds: options.takeBackSeconds }),
    ...(options.repliesFolder && { repliesFolder: options.repliesFolder }),
    ...(options.live && { live: options.live }),
  };
}

function isTakeBackSeconds(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 60;
}

/** It becomes a link: a scheme such as `javascript:` would run, and `//` names another site by mistake. */
function isSignInUrl(value: unknown): boolean {
  if (typeof value !== 'string' || /[\p{Cc}\s\\]/u.test(value)) return false;
  if (value.startsWith('/')) return !value.startsWith('//');
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
