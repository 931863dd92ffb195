import module, { createRequire } from 'node:module';

/** Packages that throw when imported where no bundler of React's has replaced them: they mark a file, and hold nothing. */
const names = ['server-only', 'client-only'];

/** For jiti, which resolves imports itself. */
export const emptyModules: Readonly<Record<string, object>> = Object.fromEntries(names.map((name) => [name, {}]));

let isDone = false;

/** Has Node find an empty module in their place, for a host that has them installed. */
export function replaceReactMarkers(file: string): void {
  if (isDone || !names.some((name) => isInstalled(file, name))) return;
  isDone = true;
  const hook = `const names = ${JSON.stringify(names)};
export const resolve = (name, context, next) =>
  names.includes(name) ? { url: 'data:text/javascript,', shortCircuit: true } : next(name, context);`;
  module.register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

function isInstalled(file: string, name: string): boolean {
  try {
    return createRequire(file).resolve(name) !== '';
  } catch {
    return false;
  }
}
