import type { ModuleSyntax } from './module-syntax.js';

/** An import to add. Every property but `from` is optional; `local` marks a module of the host. */
export interface ImportToAdd {
  from: string;
  /** The imported names of values, separated by commas, e.g. `err, ok`. */
  values?: string;
  /** The name of the module's default export. */
  value?: string;
  /** The imported names of types, e.g. `Notifier`; none in a JavaScript file. */
  types?: string;
  local?: boolean;
}

/** Writes the import in the code style of the templates, one line for types and one for values. */
export function renderImportLines({ from, value, values, types, local }: ImportToAdd, form: ModuleSyntax): string {
  const lines: string[] = [];
  if (types) lines.push(`import type { ${types} } from '${from}';`);
  if (value) lines.push(defaultImport(value, from, form));
  if (values) lines.push(...valueImport(values, from, form, local ?? false));
  return lines.join('\n');
}

function defaultImport(value: string, from: string, form: ModuleSyntax): string {
  if (form === 'commonjs') return `const ${value} = require('${from}');`;
  return form === 'esm' ? `import ${value} from '${from}';` : `import ${value} = require('${from}');`;
}

function valueImport(values: string, from: string, form: ModuleSyntax, local: boolean): string[] {
  if (form === 'commonjs') return [`const { ${values} } = require('${from}');`];
  if (form === 'esm') return [`import { ${values} } from '${from}';`];
  if (local) return [`import ${values} = require('${from}');`];
  const name = from.replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase());
  const aliases = values.split(', ').map((value) => `import ${value} = ${name}.${value};`);
  return [`import ${name} = require('${from}');`, ...aliases];
}
