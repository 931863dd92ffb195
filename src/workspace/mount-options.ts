import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Actor } from '../contracts/domain.js';
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
  nonBlankText,
  optionalMountOption,
  readMountOptions,
} from '../validation/mount-options.js';
import { textKeys, type WorkspaceStrings } from './strings/strings.js';

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
  /** Where an operator signs in: a path of the host's, or an http(s) address. Shown to whoever is signed out. */
  signInUrl?: string;
  /** Texts to replace, and `locale`. Default: English or German, as the operator's browser asks. */
  strings?: WorkspaceStrings;
  /** CSS of the host's own, served after the workspace's: set the `--cl-…` properties to change its look. */
  styles?: string;
  /** The host names it serves; any other is refused. Default: every one, as the host's server decides. */
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
  strings: WorkspaceStrings;
  styles: string | undefined;
  hosts: readonly string[] | undefined;
  takeBackSeconds?: number;
  repliesFolder?: string;
  live?: LiveSettings;
}

const helper = 'cairnloop.workspace()';

const schemas: MountSchemas<WorkspaceOptions> = {
  basePath: basePathOption,
  operator: optionalMountOption('a function (request) => Actor | null', hostFunction()),
  title: optionalMountOption('a text', nonBlankText),
  signInUrl: optionalMountOption(
    'a path that begins with one "/", or an http(s) address',
    z.string().refine(isSignInUrl),
  ),
  strings: optionalMountOption(
    'an object of texts, such as { locale: "de", viewInbox: "Post" }',
    z.custom<WorkspaceStrings>((value) => isObject(value)),
  ),
  styles: optionalMountOption('a text of CSS', z.string()),
  hosts: optionalMountOption('a list of host names', hostNameList),
  takeBackSeconds: optionalMountOption('a whole number of seconds from 0 to 60', z.int().min(0).max(60)),
  repliesFolder: optionalMountOption('the path of a folder', nonBlankText),
  live: liveSettingsOption,
};

export const defaultTakeBackSeconds = 5;
export const defaultRepliesFolder = 'cairnloop/replies';

/** Checks what the host handed in. Throws `MOUNT_OPTION_INVALID`, naming the first option that is wrong. */
export function mountOptions(given: WorkspaceOptions): MountedOptions {
  const options = readMountOptions(helper, schemas, given);
  return {
    base: options.basePath.replace(/\/$/, ''),
    operator: options.operator,
    title: options.title ?? 'Support',
    signInUrl: options.signInUrl,
    strings: readHostTexts(helper, options.strings ?? {}, textKeys),
    styles: options.styles,
    hosts: options.hosts?.map((host) => host.toLowerCase()),
    ...(options.takeBackSeconds !== undefined && { takeBackSeconds: options.takeBackSeconds }),
    ...(options.repliesFolder && { repliesFolder: options.repliesFolder }),
    ...(options.live && { live: options.live }),
  };
}

/** Used as a link: refuse schemes such as `javascript:`, and `//`, which would name another site. */
function isSignInUrl(value: string): boolean {
  if (/[\p{Cc}\s\\]/u.test(value)) return false;
  if (value.startsWith('/')) return !value.startsWith('//');
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
