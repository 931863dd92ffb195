/** Plans what `cairnloop init` writes besides the modules: npm scripts and .env.example. Pure. */
import { Node, type ObjectLiteralExpression } from 'ts-morph';
import { addPropertyToObject } from './add-property.js';
import {
  type FileChange,
  type FileChangePlan,
  isEditableFileText,
  planFileWrite,
  planUnchangedFile,
} from './change-plan.js';
import type { FileTextsByPath, HostSnapshot } from './host-snapshot.js';
import { insertTextsAtPositions } from './insert-texts.js';
import { missingModuleKinds } from './missing-module-kinds.js';
import { packageBinaryCommandLine } from './package-manager.js';
import { parseSourceFile } from './parse-source.js';
import { quoteShellWord } from './shell-word.js';
import { detectCodeStyle } from './style.js';

export const filesEditedByInit = ['package.json', '.env.example'] as const;

const verbs = ['migrate', 'worker', 'doctor'];

/** Completes `modules`, the plan of the config and the modules, with npm scripts, .env.example and notes. */
export function planInit(host: HostSnapshot, modules: FileChangePlan, texts: FileTextsByPath): FileChangePlan {
  const [packageFile, envFile] = filesEditedByInit;
  const scripts = host.hasPackageJson
    ? [planScripts(packageFile, texts[packageFile] ?? '{}\n', npmScriptsToAdd(host))]
    : [];
  const shared = host.hasPackageJson
    ? []
    : ['This project shares the package.json above it, so no scripts were added: run the commands in this folder.'];
  return {
    ...modules,
    changes: [...modules.changes, ...scripts, planEnv(envFile, texts[envFile] ?? null, host.databaseVariable)],
    notes: [...modules.notes, ...shared, ...otherDatabase(host), ...missingUrl(host)],
  };
}

/** The three commands to run next in the package; `folder` is its path from the working directory. */
export function commandsToRunAfterInit(host: HostSnapshot, plan: FileChangePlan, folder: string): string[] {
  const next = [...missingModules(host, plan), 'migrate', 'doctor', 'worker'].slice(0, 3);
  const enter = folder === '' ? [] : [`cd ${quoteShellWord(folder)}`];
  return [
    ...enter,
    ...next.map((verb) => packageBinaryCommandLine(host.packageManager, `cairnloop ${verb}${configOption(host)}`)),
  ];
}

/** The option that names a config which no command finds by itself; empty for the others. */
export function configOption({ config, needsConfigOption }: HostSnapshot): string {
  return needsConfigOption ? ` --config ${quoteShellWord(config.path)}` : '';
}

type Scripts = readonly (readonly [name: string, line: string])[];

function npmScriptsToAdd(host: HostSnapshot): Scripts {
  return verbs.map((verb) => [`cairnloop:${verb}`, `cairnloop ${verb}${configOption(host)}`]);
}

/** The command that writes the modules which the config still lacks. */
function missingModules({ config }: HostSnapshot, { changes }: FileChangePlan): string[] {
  const text = changes.find(({ path }) => path === config.path)?.after ?? '';
  const [first, ...others] = missingModuleKinds({ path: config.path, text });
  if (first === undefined) return [];
  return [others.length === 0 ? `gen ${first}` : 'gen all'];
}

/** Plans the npm scripts. A script of the host that has the same name is not changed. */
function planScripts(path: string, text: string, scripts: Scripts): FileChange {
  const given = properties(jsonObject(text), 'scripts');
  if (given.length > 1) return scriptsByHand(path, text, scripts, 'package.json has "scripts" more than once');
  if (given.length > 0 && !propertyValue(jsonObject(text), 'scripts'))
    return scriptsByHand(path, text, scripts, '"scripts" of package.json is not an object');
  const after = scripts.reduce((now, [name, line]) => withScript(now, name, line), text);
  return isJson(after) ? planFileWrite(path, text, after) : planUnchangedFile(path, text);
}

function scriptsByHand(path: string, text: string, scripts: Scripts, reason: string): FileChange {
  const lines = scripts.map(([name, line]) => `${JSON.stringify(name)}: ${JSON.stringify(line)},`);
  return { ...planUnchangedFile(path, text), outcome: 'manual', reason, byHand: [{ place: 'in "scripts"', lines }] };
}

function withScript(text: string, name: string, line: string): string {
  const scripts = propertyValue(jsonObject(text), 'scripts');
  const property = `${JSON.stringify(name)}: ${JSON.stringify(line)}`;
  if (scripts) return scripts.getProperty(JSON.stringify(name)) ? text : addJson(text, scripts, property);
  const root = jsonObject(text);
  if (!root) return text;
  const { indent, eol } = jsonStyle(root);
  const isOneLine = !text.trim().includes('\n');
  const open = isOneLine ? `{ ${property} }` : `{${eol}${indent}${indent}${property}${eol}${indent}}`;
  return addJson(text, root, `"scripts": ${open}`);
}

/** Parses JSON as an expression in parentheses, so that every position is greater by one than in the file. */
function jsonObject(text: string): ObjectLiteralExpression | undefined {
  const [statement] = parseSourceFile('package.ts', `(${text.replace(/^\uFEFF/, ' ')})`).getStatements();
  const parenthesized = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined;
  const object = Node.isParenthesizedExpression(parenthesized) ? parenthesized.getExpression() : undefined;
  return Node.isObjectLiteralExpression(object) ? object : undefined;
}

function propertyValue(object: ObjectLiteralExpression | undefined, name: string) {
  const [property] = properties(object, name);
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined;
  return Node.isObjectLiteralExpression(value) ? value : undefined;
}

function properties(object: ObjectLiteralExpression | undefined, name: string): Node[] {
  const all = object?.getProperties() ?? [];
  return all.filter((property) => Node.hasName(property) && property.getName() === JSON.stringify(name));
}

function addJson(text: string, object: ObjectLiteralExpression, property: string): string {
  const additions = addPropertyToObject(object, property, { ...jsonStyle(object), trailingCommas: false });
  return insertTextsAtPositions(
    text,
    additions.map(({ at, text: added }) => ({ at: at - 1, text: added })),
  );
}

function jsonStyle(object: ObjectLiteralExpression): { indent: string; eol: '\n' | '\r\n' } {
  const { indent = '  ', eol = '\n' } = detectCodeStyle(object.getSourceFile());
  return { indent, eol };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text.replace(/^\uFEFF/, '')) === 'object';
  } catch {
    return false;
  }
}

function otherDatabase({ otherDatabase, config }: HostSnapshot): string[] {
  if (otherDatabase === null) return [];
  const reads =
    config.text === null
      ? 'The config reads CAIRNLOOP_DATABASE_URL instead: set it to the URL of a Postgres.'
      : 'Have the config read another variable, e.g. CAIRNLOOP_DATABASE_URL, and set it to the URL of a Postgres.';
  return [`DATABASE_URL is ${otherDatabase} here, and Cairnloop needs Postgres.`, reads];
}

function missingUrl({ missingUrl, otherDatabase, packageManager }: HostSnapshot): string[] {
  if (missingUrl === null) return [];
  const { name, place, state } = missingUrl;
  const where = place === null ? '' : ` in ${place}`;
  const isSaid = otherDatabase !== null && place === null;
  return [
    ...(isSaid ? [] : [`${name}${where} is ${state}: set it to the URL of your Postgres.`]),
    `If you have no Postgres yet, leave ${name} empty: ${packageBinaryCommandLine(packageManager, 'cairnloop dev')} starts one from npm, with the worker and the workspace.`,
  ];
}

function planEnv(path: string, text: string | null, variable: string): FileChange {
  const exampleUrl = `${variable}=postgres://user:password@localhost:5432/app`;
  if (text !== null && !isEditableFileText(text)) {
    const byHand = [{ place: 'as a separate line of the file', lines: [exampleUrl] }];
    return { ...planUnchangedFile(path, text), outcome: 'manual', reason: 'the file is not UTF-8 text', byHand };
  }
  if (text !== null && new RegExp(`^\\s*(?:#\\s*)?(?:export\\s+)?${variable}\\s*=`, 'm').test(text))
    return planUnchangedFile(path, text);
  const eol = text?.includes('\r\n') ? '\r\n' : '\n';
  const separator = text === null || text === '' || text.endsWith('\n') ? '' : eol;
  return planFileWrite(path, text, `${text ?? ''}${separator}${exampleUrl}${eol}`);
}
