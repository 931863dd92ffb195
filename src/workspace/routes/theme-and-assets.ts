import { setCookie } from 'hono/cookie';
import { assetResponse } from '../../http/assets.js';
import { backPath, type Handler, param, redirect } from '../handler.js';
import { themeCookie, themes } from '../page-context.js';

/** Stores the operator's theme in a cookie of this browser. */
export const setTheme: Handler = (c) => {
  const form = c.get('form');
  const theme = themes.find((known) => known === form.text('theme')) ?? 'system';
  const { base } = c.get('pageContext');
  setCookie(c, themeCookie, theme, { path: base || '/', maxAge: 365 * 24 * 3600, sameSite: 'Lax', httpOnly: true });
  return redirect(c, backPath(form, '/'));
};

/** Serves an asset file under a URL that contains a hash of its content. */
export const asset: Handler = (c, { assets }) => {
  const found = assets.find(param(c, 'version'), param(c, 'name'));
  if (!found) return c.text('Not found.\n', 404);
  return assetResponse(found, c.req.header('accept-encoding'));
};
