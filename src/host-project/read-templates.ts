import { readdirSync, readFileSync } from 'node:fs';
import { alertFileNames } from '../gen/plan-alerts.js';
import type { ModuleTemplateTexts } from '../gen/render-template.js';

const folder = new URL('../../templates/', import.meta.url);

/** Reads Cairnloop's alert rules and dashboard, by file name. */
export function readAlertFiles(): Record<string, string> {
  return Object.fromEntries(alertFileNames.map((name) => [name, readFileSync(new URL(`ops/${name}`, folder), 'utf8')]));
}

/** Reads Cairnloop's templates of host modules, by name, e.g. `notifier.ts`. */
export function readModuleTemplates(): ModuleTemplateTexts {
  const files = readdirSync(folder).filter((name) => name.endsWith('.hbs'));
  return Object.fromEntries(
    files.map((name) => [name.slice(0, -'.hbs'.length), readFileSync(new URL(name, folder), 'utf8')]),
  );
}
