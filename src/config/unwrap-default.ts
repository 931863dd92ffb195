import { types } from 'node:util';

/** Stands for the default export of a module that has none; a default export may itself be undefined. */
export const noDefaultExport = Symbol('no default export');

/**
 * Returns the default export in any form that module systems give it: `default`, `default.default`, `module.exports`, a
 * promise, or a function that returns one of these.
 */
export async function unwrapDefaultExport(module: object): Promise<unknown> {
  const exported = await unwrap(module);
  return typeof exported === 'function' ? exported() : exported;
}

function unwrap(module: object): unknown {
  if (!Object.hasOwn(module, 'default')) return isEsModule(module) ? noDefaultExport : module;
  const exported = (module as { default: unknown }).default;
  return isCompiledModule(exported) ? unwrap(exported) : exported;
}

/** Whether a module is an ES module, native or compiled. A plain CommonJS module is its own default export. */
function isEsModule(module: object): boolean {
  return types.isModuleNamespaceObject(module) || isCompiledModule(module);
}

/**
 * Whether a value is CommonJS compiled from an ES module. Its `__esModule` must be an own property, because jiti
 * returns one for every module.
 */
function isCompiledModule(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, '__esModule');
}

/** Describes the named exports of a module that has no default one. */
export function describeNamedExports(module: object): string {
  const names = Object.keys(module).filter((name) => !['default', 'module.exports', '__esModule'].includes(name));
  return names.length === 0 ? 'no exports' : `only ${names.join(', ')}`;
}
