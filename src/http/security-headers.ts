import type { MiddlewareHandler } from 'hono';

/** On every answer: nothing is kept, nothing is embedded, nothing runs that is not a file of ours. */
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

/** Puts {@link securityHeaders} on every answer; an answer of its own kind may say how long it is kept. */
export const protect: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(securityHeaders)) {
    // A page that is not let in brings the policy for its own style along.
    const mayDiffer = name === 'cache-control' || name === 'content-security-policy';
    if (!mayDiffer || !c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};
