import { types } from 'node:util';

/** Marks a module without default export; the default itself may be undefined. */
export const noDefault = Symbol('no default export');

/**
 * The default export in any form that module systems give it: `default`, `default.default`, `module.exports`, a
 * promise, or a function that returns one of these.
 */
export async function defaultExport(module: object): Promise<unknown> {
  const exported = await unwrap(module);
  return typeof exported === 'function' ? exported() : exported;
}

function unwrap(module: object): unknown {
  if (!Object.hasOwn(module, 'default')) return isEsModule(module) ? noDefault : module;
  const exported = (module as { default: unknown }).default;
  return isCompiledModule(exported) ? unwrap(exported) : exported;
}

/** True for what has exports by name, so that the whole of it is no default; CommonJS without a mark is its default. */
function isEsModule(module: object): boolean {
  return types.isModuleNamespaceObject(module) || isCompiledModule(module);
}

/**
 * The `__esModule` mark of CommonJS that was compiled from ESM. Only an own property counts, as jiti returns one for
 * every module.
 */
function isCompiledModule(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '__esModule');
}

/** Names the exports that were found instead. */
export function exportNames(module: object): string {
  const names = Object.keys(module).filter((name) => !['default', 'module.exports', '__esModule'].includes(name));
  return names.length === 0 ? 'no exports' : `only ${names.join(', ')}`;
}
