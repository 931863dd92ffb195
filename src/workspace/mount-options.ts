import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Actor } from '../contracts/domain.js';
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
  nonBlankTextSchema,
  optionalMountOption,
  parseMountOptions,
} from '../validation/mount-options.js';
import { type WorkspaceStrings, workspaceTextKeys } from './strings/strings.js';

/** Options with which a host mounts the workspace. */
export interface WorkspaceOptions {
  /** The path that the workspace is mounted under, e.g. `/support`; `/` for the root. */
  basePath: string;
  /**
   * Returns the operator who sent a request, from the host's own session; null if nobody is signed in. It is the only
   * source of identity: without it every page responds with 503. Under a Node server `native.incoming` is the request
   * as the host's framework left it. While a page is open, it is called again every `live.recheckMs`.
   */
  operator?: (request: Request, native: { incoming?: IncomingMessage }) => Awaitable<Actor | null>;
  /** The product's name in the top bar. Default `Support`. */
  title?: string;
  /**
   * Where an operator signs in: a path of the host, or an http(s) address. Shown to every visitor who is signed out.
   */
  signInUrl?: string;
  /** Texts that replace the workspace's own, and `locale`. Default: English or German, as the browser prefers. */
  strings?: WorkspaceStrings;
  /** The host's own CSS, served after the workspace's: set the `--cl-…` properties to change the workspace's look. */
  styles?: string;
  /** Host names that the workspace serves; requests to any other are refused. Default: every host name. */
  hosts?: readonly string[];
  /**
   * How long an operator can take back a reply, an approval or a resolution: whole seconds from 0 to 60, where 0
   * disables it. Default 5. Without the page's script, actions are executed at once.
   */
  takeBackSeconds?: number;
  /**
   * The folder with saved replies as Markdown files, relative to the working directory of the process. Default
   * `cairnloop/replies`.
   */
  repliesFolder?: string;
  /**
   * Settings of live updates: how many open pages one operator may have, and how often their session is checked again.
   */
  live?: LiveUpdateSettings;
}

/**
 * The workspace's options with defaults filled in. `base` has no trailing slash, so that paths can be appended to it.
 */
export interface ResolvedWorkspaceOptions {
  base: string;
  operator: WorkspaceOptions['operator'];
  title: string;
  signInUrl: string | undefined;
  strings: WorkspaceStrings;
  styles: string | undefined;
  hosts: readonly string[] | undefined;
  takeBackSeconds?: number;
  repliesFolder?: string;
  live?: LiveUpdateSettings;
}

const helper = 'cairnloop.workspace()';

const schemas: MountOptionSchemas<WorkspaceOptions> = {
  basePath: basePathOption,
  operator: optionalMountOption('a function (request) => Actor | null', hostFunctionSchema()),
  title: optionalMountOption('a text', nonBlankTextSchema),
  signInUrl: optionalMountOption(
    'a path that begins with one "/", or an http(s) address',
    z.string().refine(isSignInUrl),
  ),
  strings: optionalMountOption(
    'an object of texts, such as { locale: "de", viewInbox: "Post" }',
    z.custom<WorkspaceStrings>((value) => isObject(value)),
  ),
  styles: optionalMountOption('a string of CSS', z.string()),
  hosts: optionalMountOption('a list of host names', hostNameListSchema),
  takeBackSeconds: optionalMountOption('a whole number of seconds from 0 to 60', z.int().min(0).max(60)),
  repliesFolder: optionalMountOption('the path of a folder', nonBlankTextSchema),
  live: liveSettingsOption,
};

export const defaultTakeBackSeconds = 5;
export const defaultRepliesFolder = 'cairnloop/replies';

/**
 * Validates the host's options and fills in defaults. Throws `MOUNT_OPTION_INVALID`, naming the first invalid option.
 */
export function readWorkspaceOptions(given: WorkspaceOptions): ResolvedWorkspaceOptions {
  const options = parseMountOptions(helper, schemas, given);
  return {
    base: options.basePath.replace(/\/$/, ''),
    operator: options.operator,
    title: options.title ?? 'Support',
    signInUrl: options.signInUrl,
    strings: readHostReplacementTexts(helper, options.strings ?? {}, workspaceTextKeys),
    styles: options.styles,
    hosts: options.hosts?.map((host) => host.toLowerCase()),
    ...(options.takeBackSeconds !== undefined && { takeBackSeconds: options.takeBackSeconds }),
    ...(options.repliesFolder && { repliesFolder: options.repliesFolder }),
    ...(options.live && { live: options.live }),
  };
}

/**
 * Whether a value is safe to use as the sign-in link: no scheme such as `javascript:`, and no `//`, which names another
 * site.
 */
function isSignInUrl(value: string): boolean {
  if (/[\p{Cc}\s\\]/u.test(value)) return false;
  if (value.startsWith('/')) return !value.startsWith('//');
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
