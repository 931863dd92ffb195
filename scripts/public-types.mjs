/**
 * Removes the types of zod, pino, pg and ai from the declarations that users compile against, because they need newer
 * compilers, other settings or the installed package. Types inferred from a schema are written out; types of arguments
 * are replaced by their shape.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';

const root = fileURLToPath(new URL('..', import.meta.url));
const entries = [
  'index.d.ts',
  'testing.d.ts',
  'ai/index.d.ts',
  'webhooks/index.d.ts',
  'transactions.d.ts',
  'nest.d.ts',
  'fastify.d.ts',
];

const shapes = {
  pino: `/** A pino logger, or what has its methods. */
export interface Logger {
  level: string;
  fatal(...args: any[]): void;
  error(...args: any[]): void;
  warn(...args: any[]): void;
  info(...args: any[]): void;
  debug(...args: any[]): void;
  trace(...args: any[]): void;
  silent(...args: any[]): void;
  child(bindings: Record<string, any>): Logger;
}
`,
  ai: `/** A model of the AI SDK, or the id of one of its gateway. */
export type LanguageModel =
  | string
  | {
      readonly specificationVersion: string;
      readonly provider: string;
      readonly modelId: string;
      doGenerate(options: never): PromiseLike<any>;
      doStream(options: never): PromiseLike<any>;
    };
`,
  pg: `declare namespace pg {
  type Pool = unknown;
  type PoolClient = unknown;
  type Client = unknown;
}
export default pg;
`,
};

for (const folder of ['dist', 'commonjs/types']) freeFolder(path.join(root, folder));

function freeFolder(folder) {
  const names = entries.map((entry) => path.join(folder, entry)).filter(existsSync);
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const program = ts.createProgram(names, {
    ...options,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    types: ['node'],
  });
  const own = program.getSourceFiles().filter(({ fileName }) => path.normalize(fileName).startsWith(folder + path.sep));
  // Read all files before one is written, because their types depend on each other.
  const freed = own.map((file) => ({ file, text: freedText(file, folder, program.getTypeChecker()) }));
  for (const { file, text } of freed) {
    if (/\bz\.\w/.test(text)) console.error(`${path.relative(root, file.fileName)} still needs the types of zod`);
    else if (text !== file.text) writeUnmapped(file.fileName, text);
  }
  removeUnreachable(folder, new Set(own.map(({ fileName }) => path.normalize(fileName))));
  for (const [name, text] of Object.entries(shapes)) writeFileSync(path.join(folder, `${name}-shape.d.ts`), text);
}

/** Removes declarations that no entry imports, because each is a file on the disk of every host. */
function removeUnreachable(folder, reachable) {
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (/\.d\.ts(?:\.map)?$/.test(file) && !reachable.has(file.replace(/\.map$/, ''))) rmSync(file);
  }
}

/** Writes a declaration without its source map, which would point to wrong lines. */
function writeUnmapped(file, text) {
  rmSync(`${file}.map`, { force: true });
  writeFileSync(file, text.replace(/^\/\/# sourceMappingURL=.*\n?/m, ''));
}

function freedText(file, folder, checker) {
  let text = file.text;
  for (const statement of [...file.statements].reverse()) {
    const source = statement.getText(file);
    if (ts.isImportDeclaration(statement)) text = replaced(text, file, statement, freedImport(source, file, folder));
    else if (/\bz\.\w/.test(source))
      text = replaced(text, file, statement, writtenOut(statement, source, file, checker));
  }
  return text;
}

function replaced(text, file, node, by) {
  return text.slice(0, node.getStart(file)) + by + text.slice(node.getEnd());
}

function freedImport(source, file, folder) {
  if (/from 'zod'/.test(source)) return '';
  const [, name] = /from '(pino|pg|ai)'/.exec(source) ?? [];
  if (!name) return source;
  const to = path
    .relative(path.dirname(file.fileName), path.join(folder, `${name}-shape.js`))
    .split(path.sep)
    .join('/');
  return source.replace(`'${name}'`, `'${to.startsWith('.') ? to : `./${to}`}'`);
}

function writtenOut(statement, source, file, checker) {
  if (ts.isVariableStatement(statement)) {
    const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const names = statement.declarationList.declarations.map(({ name }) => `${name.getText(file)}: unknown`);
    return isExported ? `export declare const ${names.join(', ')};` : '';
  }
  if (!ts.isTypeAliasDeclaration(statement)) return source;
  const type = checker.getTypeAtLocation(statement.name);
  const { NoTruncation, InTypeAlias, MultilineObjectLiterals, UseFullyQualifiedType } = ts.TypeFormatFlags;
  const flags = NoTruncation | InTypeAlias | MultilineObjectLiterals | UseFullyQualifiedType;
  const shown = checker.typeToString(type, statement, flags).replace(/import\("([^"]+)"\)/g, (_, at) => {
    const to = path
      .relative(path.dirname(file.fileName), at.replace(/\.d\.ts$/, ''))
      .split(path.sep)
      .join('/');
    return `import("${to.startsWith('.') ? to : `./${to}`}.js")`;
  });
  const plain = shown.replace(/z\.core\.\$InferEnum(?:In|Out)put<\{([^}]*)\}>/g, (_, members) =>
    [...members.matchAll(/:\s*("[^"]*")/g)].map(([, value]) => value).join(' | '),
  );
  const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return `${isExported ? 'export ' : ''}type ${statement.name.text} = ${plain};`;
}
