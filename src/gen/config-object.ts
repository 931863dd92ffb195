/** Finds the object literal that a config file exports, through every shape that people write. */
import {
  type Block,
  type ExportSpecifier,
  type Expression,
  Node,
  type ObjectLiteralExpression,
  type SourceFile,
} from 'ts-morph';

/** `names` are those under which the object is known in the file. */
export interface ConfigObject {
  object: ObjectLiteralExpression;
  names: readonly string[];
}

/** The exported config object, or why it was not found, in words that follow "because". */
export function findConfigObject(file: SourceFile): ConfigObject | { unknown: string } {
  const exported = findExported(file);
  if (exported.length === 0) return { unknown: 'it exports nothing as default' };
  const found = exported.map((node) => resolveObject(node));
  const [first] = found;
  if (!first || found.some((other) => other?.object !== first.object)) {
    return { unknown: 'what it exports is not an object literal written in this file' };
  }
  return first;
}

/** `export default`, `export =`, `export { x as default }`, `module.exports =`, `exports.default =`. */
function findExported(file: SourceFile): Node[] {
  return file.getStatements().flatMap((statement): Node[] => {
    if (Node.isExportAssignment(statement)) return [statement.getExpression()];
    if (Node.isFunctionDeclaration(statement)) return statement.hasDefaultKeyword() ? [statement] : [];
    if (Node.isExportDeclaration(statement)) return findDefaultSpecifier(statement);
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
function findAssignedExport(expression: Expression): Node[] {
  if (!Node.isBinaryExpression(expression) || expression.getOperatorToken().getText() !== '=') return [];
  const [left, right] = [expression.getLeft(), expression.getRight()];
  const inner = findAssignedExport(right);
  if (inner.length > 0) return inner;
  if (!exportTargets.has(left.getText()) || exportTargets.has(right.getText())) return [];
  return [right];
}

/** Follows an expression to the object literal it stands for. */
export function resolveObject(node: Node, names: readonly string[] = []): ConfigObject | undefined {
  const next = (to: Node | undefined) => to && resolveObject(to, names);
  if (Node.isObjectLiteralExpression(node)) return { object: node, names };
  if (isTransparent(node)) return next(node.getExpression());
  if (Node.isCallExpression(node)) return isKnownCall(node.getExpression()) ? next(node.getArguments()[0]) : undefined;
  if (Node.isIdentifier(node)) return resolveName(node, names);
  if (Node.isArrowFunction(node) || Node.isFunctionExpression(node) || Node.isFunctionDeclaration(node)) {
    return next(findReturned(node.getBody()));
  }
  return undefined;
}

/** A name that means itself ends the search. */
function resolveName(node: Node, names: readonly string[]): ConfigObject | undefined {
  const name = node.getText();
  const meant = names.includes(name) ? undefined : findConstant(node, name);
  return meant && resolveObject(meant, [...names, name]);
}

/** Wrappers that change the type of what they hold, not the value. */
function isTransparent(node: Node): node is Node & { getExpression(): Expression } {
  return (
    Node.isParenthesizedExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isSatisfiesExpression(node) ||
    Node.isTypeAssertion(node) ||
    Node.isNonNullExpression(node) ||
    Node.isAwaitExpression(node)
  );
}

/** `defineConfig(…)` under any import name, `cairnloop.defineConfig(…)`, `require('cairnloop').defineConfig(…)`. */
function isKnownCall(callee: Node): boolean {
  const text = callee.getText();
  if (text === 'Object.freeze' || text === 'defineConfig' || text.endsWith('.defineConfig')) return true;
  const imports = callee.getSourceFile().getImportDeclarations();
  return imports.some((declaration) =>
    declaration
      .getNamedImports()
      .some((named) => named.getName() === 'defineConfig' && named.getAliasNode()?.getText() === text),
  );
}

/** The initializer of the `const` (or never reassigned variable) or the function that a name means where it is used. */
function findConstant(use: Node, name: string): Node | undefined {
  for (const scope of use.getAncestors()) {
    if (!Node.isBlock(scope) && !Node.isSourceFile(scope)) continue;
    const declared = scope.getVariableDeclaration(name);
    if (declared) return isReassigned(scope, name) ? undefined : declared.getInitializer();
    const called = scope.getFunction(name);
    if (called) return called;
  }
  return undefined;
}

function isReassigned(scope: Block | SourceFile, name: string): boolean {
  return scope.getStatements().some((statement) => {
    const expression = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined;
    return Node.isBinaryExpression(expression) && expression.getLeft().getText() === name;
  });
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
