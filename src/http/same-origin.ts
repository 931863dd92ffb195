/**
 * Whether a state-changing request comes from this site: by `Sec-Fetch-Site`, or on plain http by `Origin`. A request
 * without both headers is refused.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  return origin !== null && URL.canParse(origin) && new URL(origin).host === hostOf(request);
}

/** Whether the mount serves this `Host`; protects against DNS rebinding. */
export function isServedHostName(request: Request, hosts: readonly string[] | undefined): boolean {
  if (!hosts) return true;
  const host = hostOf(request);
  return hosts.includes(host) || hosts.includes(host.replace(/:\d+$/, ''));
}

function hostOf(request: Request): string {
  return request.headers.get('host')?.toLowerCase() ?? new URL(request.url).host;
}
