import Handlebars from 'handlebars';
import { type ImportToAdd, renderImportLines } from './import-statement.js';
import type { ModuleSyntax } from './module-syntax.js';
import { applyCodeStyle, type CodeStyle } from './style.js';

/** The texts of `templates/<name>.hbs` by name, e.g. `notifier.ts`. */
export type ModuleTemplateTexts = Readonly<Record<string, string>>;

export interface TemplateRendering {
  template: string;
  /** The name of the file, whose extension determines the syntax. */
  fileName: string;
  form: ModuleSyntax;
  style: CodeStyle;
  values: Readonly<Record<string, unknown>>;
}

/** Renders a file in the host's code style. Throws if the template uses a value that is not given. */
export function renderTemplate(
  templates: ModuleTemplateTexts,
  { template, fileName, form, style, values }: TemplateRendering,
): string {
  const source = templates[template];
  if (source === undefined) throw new Error(`there is no template "${template}"`);
  const render = Handlebars.compile(source, { noEscape: true, strict: true });
  const text = render(
    { export: '', tail: '', ...exportWords(form, values.exportName), ...values },
    { helpers: { imports: ({ hash }: { hash: ImportToAdd }) => renderImportLines(hash, form) } },
  );
  return applyCodeStyle(fileName, `${text.trim()}\n`, style);
}

/**
 * The parts of an export in a template: `export` precedes a value, `tail` follows it, `exportDefault` precedes an
 * expression.
 */
function exportWords(form: ModuleSyntax, name: unknown): Record<string, string> {
  if (form === 'esm') return { export: 'export ', exportDefault: 'export default ' };
  if (form === 'commonjs') return { tail: `\nmodule.exports = { ${name} };`, exportDefault: 'module.exports = ' };
  return { tail: `\nexport = ${name};`, exportDefault: 'export = ' };
}
