import { type Handler, param } from '../handler.js';

/** A stylesheet or script, under an address that changes with its content. */
export const asset: Handler = (c, { assets }) => {
  const found = assets.find(param(c, 'version'), param(c, 'name'));
  if (!found) return c.text('Not found.\n', 404);
  return c.body(found.body, 200, {
    'content-type': found.type,
    'cache-control': 'private, max-age=31536000, immutable',
  });
};

/** The script of `<cairnloop-support>`. Its address stays the same, so browsers ask each time whether it has changed. */
export const widget: Handler = (c, { widget, options }) => {
  const { body, etag } = widget.in(c.get('frame').wording, options.base);
  const headers = { 'cache-control': 'private, no-cache', vary: 'accept-language, cookie', etag };
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
  return c.body(body, 200, { ...headers, 'content-type': 'text/javascript; charset=utf-8' });
};
