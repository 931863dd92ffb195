/**
 * Whether a request that changes something comes from a page of this site. Browsers say so themselves in
 * `Sec-Fetch-Site`; on plain http they do not, and `Origin` must name the host that was asked. Neither: refused.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  return origin !== null && URL.canParse(origin) && new URL(origin).host === hostOf(request);
}

/** Whether the request's `Host` is one that the mount answers to. Keeps a page whose name was rebound to us out. */
export function isKnownHost(request: Request, hosts: readonly string[] | undefined): boolean {
  if (!hosts) return true;
  const host = hostOf(request);
  return hosts.includes(host) || hosts.includes(host.replace(/:\d+$/, ''));
}

function hostOf(request: Request): string {
  return request.headers.get('host')?.toLowerCase() ?? new URL(request.url).host;
}
