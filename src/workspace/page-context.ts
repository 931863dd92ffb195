import type { Actor } from '../contracts/domain.js';
import type { ServedAssets } from '../http/assets.js';

export const pageThemes = ['system', 'light', 'dark'] as const;

/** The name of the cookie that holds the operator's theme. */
export const themeCookieName = 'cairnloop_theme';

export type PageTheme = (typeof pageThemes)[number];

/** The values that every page needs: its mount path, its operator and the token of its forms. */
export interface WorkspacePageContext {
  /** The mount path, without a trailing slash; empty at the root. */
  base: string;
  /** The URL at which operators sign in, if the host configured one. */
  signInUrl: string | undefined;
  /** The host's product name, as the top bar shows it. */
  product: string;
  operator: Actor;
  /** The CSRF token that every form of this operator carries. */
  token: string;
  theme: PageTheme;
  assets: ServedAssets;
  /** The page's path below the mount path, with its query; for the response to a POST, the page to go back to. */
  path: string;
  /**
   * The query string of the queue shown beside the page, with its `?`; empty for the default queue, or for no queue.
   */
  queue: string;
  now: Date;
}

/** A notice above the page: what happened, what is not lost and what to do next. */
export interface PageNotice {
  tone: 'done' | 'conflict' | 'error';
  title: string;
  text?: string;
}
