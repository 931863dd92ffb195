/** Finds the exported object literal of a config file, in all shapes that people write. */
import { type ExportSpecifier, type Expression, Node, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';
import { isDefineConfig } from './imported-modules.js';
import { isReassigned, isTransparent, type ScopedName, withAliases } from './references.js';
import { findDeclared } from './scopes.js';

/** `names` are those under which the object is known in the file. */
export interface ConfigObject {
  object: ObjectLiteralExpression;
  names: readonly ScopedName[];
}

/** The exported object, or why it was not found, in words that follow "because". */
export function findConfigObject(file: SourceFile): ConfigObject | { unknown: string } {
  const exported = findExported(file);
  if (exported.length === 0) return { unknown: 'it exports nothing as default' };
  const found = exported.map(({ node, names }) => resolveObject(node, names));
  const [first] = found;
  if (!first || found.some((other) => other?.object !== first.object)) {
    return { unknown: 'what it exports is not an object literal written in this file' };
  }
  const names = found.flatMap((other) => other?.names ?? []);
  return { object: first.object, names: withAliases(names, file) };
}

/** An exported value, and the names under which the file exports it. */
interface Exported {
  node: Node;
  names: readonly ScopedName[];
}

/** `export default`, `export =`, `export { x as default }`, `module.exports =`, `exports.default =`. */
function findExported(file: SourceFile): Exported[] {
  const unnamed = (nodes: readonly Node[]) => nodes.map((node) => ({ node, names: [] }));
  return file.getStatements().flatMap((statement): Exported[] => {
    if (Node.isExportAssignment(statement)) return unnamed([statement.getExpression()]);
    if (Node.isFunctionDeclaration(statement)) return statement.hasDefaultKeyword() ? unnamed([statement]) : [];
    if (Node.isExportDeclaration(statement)) return unnamed(findDefaultSpecifier(statement));
    if (Node.isExpressionStatement(statement)) return findAssignedExport(statement.getExpression());
    return [];
  });
}

function findDefaultSpecifier(statement: Node): Node[] {
  if (!Node.isExportDeclaration(statement)) return [];
  const isDefault = (named: ExportSpecifier) => (named.getAliasNode() ?? named.getNameNode()).getText() === 'default';
  const found = statement.getNamedExports().find(isDefault);
  if (!found) return [];
  return [statement.hasModuleSpecifier() ? statement : found.getNameNode()];
}

const exportTargets = new Set(['module.exports', 'exports.default', 'module.exports.default']);

/** Also `exports = module.exports = x` and `module.exports = exports.default = x`. */
function findAssignedExport(expression: Expression): Exported[] {
  const { targets, value } = assignmentChain(expression);
  if (!targets.some((target) => exportTargets.has(target)) || exportTargets.has(value.getText())) return [];
  return [{ node: value, names: targets.map((text) => ({ text, scope: undefined })) }];
}

/** `a = b = value` */
function assignmentChain(expression: Expression): { targets: string[]; value: Expression } {
  if (!Node.isBinaryExpression(expression) || expression.getOperatorToken().getText() !== '=') {
    return { targets: [], value: expression };
  }
  const { targets, value } = assignmentChain(expression.getRight());
  return { targets: [expression.getLeft().getText(), ...targets], value };
}

/** Follows an expression to the object literal that is its value. */
export function resolveObject(node: Node, names: readonly ScopedName[] = []): ConfigObject | undefined {
  const next = (to: Node | undefined) => to && resolveObject(to, names);
  if (Node.isObjectLiteralExpression(node)) return { object: node, names };
  if (isTransparent(node)) return next(node.getExpression());
  if (Node.isCallExpression(node)) return isKnownCall(node.getExpression()) ? next(node.getArguments()[0]) : undefined;
  if (Node.isIdentifier(node)) return resolveName(node, names);
  if (Node.isArrowFunction(node)) return next(findReturned(node.getBody()));
  if (Node.isFunctionExpression(node) || Node.isFunctionDeclaration(node)) {
    return node.isGenerator() ? undefined : next(findReturned(node.getBody()));
  }
  return undefined;
}

/** A self-reference ends the search. */
function resolveName(node: Node, names: readonly ScopedName[]): ConfigObject | undefined {
  const declared = findDeclared(node);
  const [only, ...others] = declared?.declarations ?? [];
  const name = { text: node.getText(), scope: declared?.scope };
  const isKnown = names.some(({ text, scope }) => text === name.text && scope === name.scope);
  if (!only || others.length > 0 || isKnown) return undefined;
  const meant = onlyValue(only, name);
  return meant && resolveObject(meant, [...names, name]);
}

/**
 * The initializer of a `const` or never reassigned variable, or the function; a part of a pattern has no such value.
 */
function onlyValue(declaration: Node, { text, scope }: ScopedName): Node | undefined {
  if (!scope || isReassigned({ text, scope })) return undefined;
  if (Node.isVariableDeclaration(declaration)) return declaration.getInitializer();
  return Node.isFunctionDeclaration(declaration) ? declaration : undefined;
}

/** Calls that return their argument. */
function isKnownCall(callee: Node): boolean {
  return callee.getText() === 'Object.freeze' || isDefineConfig(callee);
}

/** The expression of an arrow function, or of the only `return` of a body. */
function findReturned(body: Node | undefined): Node | undefined {
  if (!Node.isBlock(body)) return body;
  const returns: Node[] = [];
  body.forEachDescendant((node, traversal) => {
    if (Node.isFunctionLikeDeclaration(node) || Node.isArrowFunction(node) || Node.isFunctionExpression(node)) {
      traversal.skip();
    }
    if (Node.isReturnStatement(node)) returns.push(node);
  });
  const [only, ...others] = returns;
  return others.length === 0 && Node.isReturnStatement(only) ? only.getExpression() : undefined;
}
