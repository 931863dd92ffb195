/**
 * Replacements for modules that only SvelteKit's bundler provides. In a worker, `$env` is the environment of its
 * process.
 */
const privateEnv = environment((name) => !name.startsWith('PUBLIC_'));
const publicEnv = environment((name) => name.startsWith('PUBLIC_'));

export const svelteKitModuleReplacements: Readonly<Record<string, object>> = {
  '$env/static/private': privateEnv,
  '$env/dynamic/private': { env: privateEnv },
  '$env/static/public': publicEnv,
  '$env/dynamic/public': { env: publicEnv },
  '$app/environment': { browser: false, building: false, dev: false, version: '' },
};

/** An object that reads each variable on access, because the command may load `.env` files later. */
function environment(isMeant: (name: string) => boolean): object {
  const read = (name: string | symbol) => (typeof name === 'string' && isMeant(name) ? process.env[name] : undefined);
  return new Proxy({}, { get: (_, name) => read(name), has: (_, name) => read(name) !== undefined });
}
