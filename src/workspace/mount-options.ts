import type { IncomingMessage } from 'node:http';
import type { Actor } from '../domain.js';
import { CairnloopError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Awaitable } from '../result.js';

/** How a host mounts the workspace. */
export interface WorkspaceOptions {
  /** The path it is mounted under, e.g. `/support`; `/` for the root. */
  basePath: string;
  /**
   * Who is at the other end, from the host's own session; null when nobody is signed in. The only source of identity:
   * without it every page is 503. Under a Node server `native.incoming` is the request as the host's framework left it.
   */
  operator?: (request: Request, native: { incoming?: IncomingMessage }) => Awaitable<Actor | null>;
  /** The product's name in the top bar. Default `Support`. */
  title?: string;
  /** CSS of the host's own, served after the workspace's: set the `--cl-…` properties to change its look. */
  styles?: string;
  /** The host names it answers to; any other is refused. Default: every one, as the host's server decides. */
  hosts?: readonly string[];
}

/** The options with their defaults. `base` has no slash at its end, so that paths can be put after it. */
export interface MountedOptions {
  base: string;
  operator: WorkspaceOptions['operator'];
  title: string;
  styles: string | undefined;
  hosts: readonly string[] | undefined;
}

const expectations: {
  [K in keyof Required<WorkspaceOptions>]: [expected: string, accepts: (value: unknown) => boolean];
} = {
  basePath: ['a path that begins with "/", without "?", "#", "//" or spaces', isPath],
  operator: ['a function (request) => Actor | null', (value) => value === undefined || typeof value === 'function'],
  title: ['a text', (value) => value === undefined || (typeof value === 'string' && value.trim() !== '')],
  styles: ['a text of CSS', (value) => value === undefined || typeof value === 'string'],
  hosts: ['a list of host names', (value) => value === undefined || isListOfTexts(value)],
};

/** Checks what the host handed in. Throws `MOUNT_OPTION_INVALID`, naming the first option that is wrong. */
export function mountOptions(given: WorkspaceOptions): MountedOptions {
  const options = (given ?? {}) as unknown as Record<string, unknown>;
  const known = Object.keys(expectations);
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) throw unknownOption(option, known);
  }
  for (const [option, [expected, accepts]] of Object.entries(expectations)) {
    if (!accepts(options[option])) throw invalid(option, expected, foundText(options[option]));
  }
  return {
    base: given.basePath.replace(/\/$/, ''),
    operator: given.operator,
    title: given.title ?? 'Support',
    styles: given.styles,
    hosts: given.hosts?.map((host) => host.toLowerCase()),
  };
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\/[^\s?#\\]*$/.test(value) && !value.includes('//');
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}

function unknownOption(option: string, known: string[]): CairnloopError {
  const meant = nearest(option, known);
  return invalid(
    option,
    meant ? `a known option (did you mean "${meant}"?)` : `one of ${known.join(', ')}`,
    'an unknown option',
  );
}

function invalid(option: string, expected: string, found: string): CairnloopError {
  return new CairnloopError('MOUNT_OPTION_INVALID', { helper: 'cairnloop.workspace()', option, expected, found });
}

function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? `"${value.slice(0, 100)}"` : `a value of type ${typeof value}`;
}
