import Handlebars from 'handlebars';
import { importLines, type WantedImport } from './import-statement.js';
import type { ModuleForm } from './module-form.js';
import { applyStyle, type CodeStyle } from './style.js';

/** `templates/<name>.hbs` by name, e.g. `notifier.ts`. */
export type Templates = Readonly<Record<string, string>>;

export interface Rendering {
  template: string;
  /** Names the language for the syntax: `notifier.ts`. */
  fileName: string;
  form: ModuleForm;
  style: CodeStyle;
  values: Readonly<Record<string, unknown>>;
}

/** One file of the host, as the host would have written it. A name that the template lacks is an error, never a gap. */
export function renderTemplate(templates: Templates, { template, fileName, form, style, values }: Rendering): string {
  const source = templates[template];
  if (source === undefined) throw new Error(`there is no template "${template}"`);
  const render = Handlebars.compile(source, { noEscape: true, strict: true });
  const text = render(
    { export: '', tail: '', ...exportWords(form, values.exportName), ...values },
    { helpers: { imports: ({ hash }: { hash: WantedImport }) => importLines(hash, form) } },
  );
  return applyStyle(fileName, `${text.trim()}\n`, style);
}

/** `export` stands before the value, `tail` after it, `exportDefault` before an expression. */
function exportWords(form: ModuleForm, name: unknown): Record<string, string> {
  if (form === 'esm') return { export: 'export ', exportDefault: 'export default ' };
  if (form === 'commonjs') return { tail: `\nmodule.exports = { ${name} };`, exportDefault: 'module.exports = ' };
  return { tail: `\nexport = ${name};`, exportDefault: 'export = ' };
}
