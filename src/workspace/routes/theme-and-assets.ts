import { setCookie } from 'hono/cookie';
import { assetResponse } from '../../http/assets.js';
import { pathParameter, readReturnPathFromForm, redirectWithNotice, type WorkspaceHandler } from '../handler.js';
import { pageThemes, themeCookieName } from '../page-context.js';

/** Stores the operator's theme in a cookie of this browser. */
export const setTheme: WorkspaceHandler = (c) => {
  const form = c.get('form');
  const theme = pageThemes.find((known) => known === form.text('theme')) ?? 'system';
  const { base } = c.get('pageContext');
  setCookie(c, themeCookieName, theme, { path: base || '/', maxAge: 365 * 24 * 3600, sameSite: 'Lax', httpOnly: true });
  return redirectWithNotice(c, readReturnPathFromForm(form, '/'));
};

/** Serves an asset file under a URL that contains a hash of its content. */
export const serveAsset: WorkspaceHandler = (c, { assets }) => {
  const found = assets.find(pathParameter(c, 'version'), pathParameter(c, 'name'));
  if (!found) return c.text('Not found.\n', 404);
  return assetResponse(found, c.req.header('accept-encoding'));
};
