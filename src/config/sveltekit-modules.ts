/** Modules that only SvelteKit's bundler provides, as they are in a worker: the variables of its process. */
const privateEnv = environment((name) => !name.startsWith('PUBLIC_'));
const publicEnv = environment((name) => name.startsWith('PUBLIC_'));

export const svelteKitModules: Readonly<Record<string, object>> = {
  '$env/static/private': privateEnv,
  '$env/dynamic/private': { env: privateEnv },
  '$env/static/public': publicEnv,
  '$env/dynamic/public': { env: publicEnv },
  '$app/environment': { browser: false, building: false, dev: false, version: '' },
};

/** Read when a name is asked for: the command loads `.env` files itself. */
function environment(isMeant: (name: string) => boolean): object {
  const read = (name: string | symbol) => (typeof name === 'string' && isMeant(name) ? process.env[name] : undefined);
  return new Proxy({}, { get: (_, name) => read(name), has: (_, name) => read(name) !== undefined });
}
