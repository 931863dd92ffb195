/** Finds the object literal that a config file exports, in all the forms in which people write it. */
import {
  type ExportDeclaration,
  type ExportSpecifier,
  type Expression,
  Node,
  type ObjectLiteralExpression,
  type SourceFile,
} from 'ts-morph';
import { isDefineConfigCallee } from './imported-modules.js';
import { addAliasNames, isReassigned, isValuePreservingWrapper, type ScopedName } from './references.js';
import { findDeclaration } from './scopes.js';

/** The object literal of a config; `names` are the variables and exports of the file that refer to it. */
export interface ConfigObject {
  object: ObjectLiteralExpression;
  names: readonly ScopedName[];
}

/** Finds the exported object. If there is none, `unknown` says why, in words that can follow "because". */
export function findConfigObject(file: SourceFile): ConfigObject | { unknown: string } {
  const exported = findExported(file);
  if (exported.length === 0) return { unknown: 'it has no default export' };
  const found = exported.map(({ node, names }) => resolveObjectLiteral(node, names));
  const [first] = found;
  if (!first || found.some((other) => other?.object !== first.object)) {
    return { unknown: 'the exported value is not an object literal written in this file' };
  }
  const names = found.flatMap((other) => other?.names ?? []);
  return { object: first.object, names: addAliasNames(names, file) };
}

/** An exported value, and the names by which the file exports it. */
interface Exported {
  node: Node;
  names: readonly ScopedName[];
}

/**
 * Finds the default exports: `export default`, `export =`, `export { x as default }`, `module.exports =`,
 * `exports.default =`.
 */
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

function findDefaultSpecifier(statement: ExportDeclaration): Node[] {
  const isDefault = (named: ExportSpecifier) => (named.getAliasNode() ?? named.getNameNode()).getText() === 'default';
  const found = statement.getNamedExports().find(isDefault);
  if (!found) return [];
  return [statement.hasModuleSpecifier() ? statement : found.getNameNode()];
}

const exportTargets = new Set(['module.exports', 'exports.default', 'module.exports.default']);

/** Finds an export by assignment, as in `module.exports = x` or `exports = module.exports = x`. */
function findAssignedExport(expression: Expression): Exported[] {
  const { targets, value } = assignmentChain(expression);
  if (!targets.some((target) => exportTargets.has(target)) || exportTargets.has(value.getText())) return [];
  return [{ node: value, names: targets.map((text) => ({ text, scope: undefined })) }];
}

/** Splits `a = b = value` into its targets and its value. */
function assignmentChain(expression: Expression): { targets: string[]; value: Expression } {
  if (!Node.isBinaryExpression(expression) || expression.getOperatorToken().getText() !== '=') {
    return { targets: [], value: expression };
  }
  const { targets, value } = assignmentChain(expression.getRight());
  return { targets: [expression.getLeft().getText(), ...targets], value };
}

/** Follows an expression to the object literal that is its value. */
export function resolveObjectLiteral(node: Node, names: readonly ScopedName[] = []): ConfigObject | undefined {
  const next = (to: Node | undefined) => to && resolveObjectLiteral(to, names);
  if (Node.isObjectLiteralExpression(node)) return { object: node, names };
  if (isValuePreservingWrapper(node)) return next(node.getExpression());
  if (Node.isCallExpression(node)) return isKnownCall(node.getExpression()) ? next(node.getArguments()[0]) : undefined;
  if (Node.isIdentifier(node)) return resolveName(node, names);
  if (Node.isArrowFunction(node)) return next(findReturned(node.getBody()));
  if (Node.isFunctionExpression(node) || Node.isFunctionDeclaration(node)) {
    return node.isGenerator() ? undefined : next(findReturned(node.getBody()));
  }
  return undefined;
}

/** Follows a variable to the object literal that is its value; undefined for a variable that refers to itself. */
function resolveName(node: Node, names: readonly ScopedName[]): ConfigObject | undefined {
  const declared = findDeclaration(node);
  const [only, ...others] = declared?.declarations ?? [];
  const name = { text: node.getText(), scope: declared?.scope };
  const isKnown = names.some(({ text, scope }) => text === name.text && scope === name.scope);
  if (!only || others.length > 0 || isKnown) return undefined;
  const meant = onlyValue(only, name);
  return meant && resolveObjectLiteral(meant, [...names, name]);
}

/**
 * The only value of a variable: its initializer if it is never assigned again, or the function of that name. Undefined
 * for a part of a destructuring pattern.
 */
function onlyValue(declaration: Node, { text, scope }: ScopedName): Node | undefined {
  if (!scope || isReassigned({ text, scope })) return undefined;
  if (Node.isVariableDeclaration(declaration)) return declaration.getInitializer();
  return Node.isFunctionDeclaration(declaration) ? declaration : undefined;
}

/** Whether a call returns its argument, as `defineConfig` and `Object.freeze` do. */
function isKnownCall(callee: Node): boolean {
  return callee.getText() === 'Object.freeze' || isDefineConfigCallee(callee);
}

/** The expression that a function returns: the body of an arrow function, or the operand of the only `return`. */
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
