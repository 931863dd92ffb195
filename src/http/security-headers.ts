import type { MiddlewareHandler } from 'hono';

/** Headers of every response: no caching, no embedding, scripts only from our own files. */
export const securityHeaders: Record<string, string> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // "no-referrer" would make browsers send "Origin: null" with our own forms.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Adds {@link securityHeaders}; a response may set its own caching. */
export const setSecurityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(securityHeaders)) {
    // Error pages set their own Content-Security-Policy, because they have an inline style.
    const mayDiffer = name === 'cache-control' || name === 'content-security-policy';
    if (!mayDiffer || !c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};
