import { assetResponse } from '../../http/assets.js';
import { type PortalHandler, pathParameter } from '../handler.js';

/** Serves an asset file under a URL that contains a hash of its content. */
export const serveAsset: PortalHandler = (c, { assets }) => {
  const found = assets.find(pathParameter(c, 'version'), pathParameter(c, 'name'));
  if (!found) return c.text('Not found.\n', 404);
  return assetResponse(found, c.req.header('accept-encoding'));
};

/** Serves the script of `<cairnloop-support>`. Its URL is stable, so browsers revalidate it by ETag. */
export const serveWidget: PortalHandler = (c, { widget, options }) => {
  const { body, etag } = widget.in(c.get('pageContext').localized, options.base);
  const headers = { 'cache-control': 'private, no-cache', vary: 'accept-language, cookie', etag };
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
  return c.body(body, 200, { ...headers, 'content-type': 'text/javascript; charset=utf-8' });
};
