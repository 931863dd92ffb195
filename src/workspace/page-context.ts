import type { Actor } from '../contracts/domain.js';
import type { ServedAssets } from '../http/assets.js';

export const themes = ['system', 'light', 'dark'] as const;

/** Remembers what the operator chose. */
export const themeCookie = 'cairnloop_theme';

export type Theme = (typeof themes)[number];

/** What every page is built with: where it is mounted, who looks at it, and what signs its forms. */
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
  /** The page's path below the mount, with query; for a form's response, where that leads back to. */
  path: string;
  /** The query of the queue beside the page, with its `?`; empty where it is the default one, or there is none. */
  queue: string;
  now: Date;
}

/** Told above the page: what happened, what was not lost and what to do. */
export interface Notice {
  tone: 'done' | 'conflict' | 'error';
  title: string;
  text?: string;
}
