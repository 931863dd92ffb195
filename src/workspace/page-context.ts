import type { Actor } from '../contracts/domain.js';
import type { ServedAssets } from '../http/assets.js';

export const themes = ['system', 'light', 'dark'] as const;

/** The cookie with the operator's theme. */
export const themeCookie = 'cairnloop_theme';

export type Theme = (typeof themes)[number];

/** The values that every page needs: its mount path, its operator and the token of its forms. */
export interface PageContext {
  /** The mount path, without a slash at its end; empty at the root. */
  base: string;
  /** Where an operator signs in, if the host said so. */
  signInUrl: string | undefined;
  /** The host's product name, as the top bar shows it. */
  product: string;
  operator: Actor;
  /** Signs every form of this operator. */
  token: string;
  theme: Theme;
  assets: ServedAssets;
  /** The page's path below the mount, with query; for the response to a POST, the page to go back to. */
  path: string;
  /** The query of the queue beside the page, with its `?`; empty where it is the default one, or there is none. */
  queue: string;
  now: Date;
}

/** A notice above the page: what happened, what is not lost and what to do next. */
export interface Notice {
  tone: 'done' | 'conflict' | 'error';
  title: string;
  text?: string;
}
