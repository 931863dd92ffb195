import module, { createRequire } from 'node:module';

/** Marker packages of React, without code. They throw when they are imported outside of React's bundler. */
const names = ['server-only', 'client-only'];

/** Empty modules in place of React's marker packages, for jiti, which resolves imports itself. */
export const emptyReactMarkerModules: Readonly<Record<string, object>> = Object.fromEntries(
  names.map((name) => [name, {}]),
);

let isDone = false;

/** Makes Node load an empty module in place of each of React's marker packages. */
export function replaceReactMarkerPackages(file: string): void {
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
