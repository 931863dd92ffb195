import { setCookie } from 'hono/cookie';
import { backPath, type Handler, param, redirect } from '../handler.js';
import { themeCookie, themes } from '../page-context.js';

/** Remembers light or dark for this browser. */
export const setTheme: Handler = (c) => {
  const form = c.get('form');
  const theme = themes.find((known) => known === form.text('theme')) ?? 'system';
  const { base } = c.get('frame');
  setCookie(c, themeCookie, theme, { path: base || '/', maxAge: 365 * 24 * 3600, sameSite: 'Lax', httpOnly: true });
  return redirect(c, backPath(form, '/'));
};

/** A stylesheet, script or picture, under an address that changes with its content. */
export const asset: Handler = (c, { assets }) => {
  const found = assets.find(param(c, 'version'), param(c, 'name'));
  if (!found) return c.text('Not found.\n', 404);
  return c.body(found.body, 200, {
    'content-type': found.type,
    'cache-control': 'private, max-age=31536000, immutable',
  });
};
