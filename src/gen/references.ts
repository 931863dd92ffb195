/** Where a file uses a name, and whether that writes to it. */
import { type BinaryExpression, Node, type SourceFile, SyntaxKind, ts } from 'ts-morph';
import { findDeclared } from './scopes.js';

/** A name in the file: a variable of one scope, or an export such as `module.exports`, which has none. */
export interface ScopedName {
  text: string;
  scope: Node | undefined;
}

/** Wrappers that change the type of what they hold, not the value. */
export function isTransparent(node: Node | undefined): node is Node & { getExpression(): Node } {
  return (
    Node.isParenthesizedExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isSatisfiesExpression(node) ||
    Node.isTypeAssertion(node) ||
    Node.isNonNullExpression(node) ||
    Node.isAwaitExpression(node)
  );
}

/** The outermost node around a node whose wrappers leave the value unchanged. */
export function outermost(node: Node): Node {
  const parent = node.getParent();
  return isTransparent(parent) ? outermost(parent) : node;
}

/** True where a value is put into the variable anywhere but at its declaration. */
export function isReassigned({ text, scope }: ScopedName & { scope: Node }): boolean {
  return referencesTo({ text, scope }, scope).some(isWritten);
}

/** The names, and those that a `const other = name` of the file gives to the same object. */
export function withAliases(names: readonly ScopedName[], file: SourceFile): readonly ScopedName[] {
  const known = new Set(names.map(keyOf));
  const aliases = names
    .flatMap((name) => referencesTo(name, file))
    .map((reference) => outermost(reference).getParent())
    .filter((parent) => Node.isVariableDeclaration(parent))
    .map((declaration) => declaration.getNameNode())
    .filter((node) => Node.isIdentifier(node))
    .map((node) => ({ text: node.getText(), scope: findDeclared(node)?.scope }));
  const fresh = aliases.filter((alias) => !known.has(keyOf(alias)));
  return fresh.length === 0 ? names : withAliases([...names, ...fresh], file);
}

function keyOf({ text, scope }: ScopedName): string {
  return `${text} ${scope?.getPos()} ${scope?.getKind()}`;
}

export function referencesTo({ text, scope }: ScopedName, within: Node): Node[] {
  const kind = text.includes('.') ? SyntaxKind.PropertyAccessExpression : SyntaxKind.Identifier;
  return within
    .getDescendantsOfKind(kind)
    .filter((node) => node.getText() === text && isValue(node) && findDeclared(node)?.scope === scope);
}

/** A property's own name and a declaration's are no references. */
function isValue(node: Node): boolean {
  const parent = node.getParent()?.compilerNode as { name?: ts.Node; kind: SyntaxKind } | undefined;
  return parent?.name !== node.compilerNode || parent.kind === SyntaxKind.ShorthandPropertyAssignment;
}

/** Assigned to, counted up, or filled by a pattern or a loop. */
export function isWritten(node: Node): boolean {
  const parent = node.getParent();
  if (!parent) return false;
  if (Node.isBinaryExpression(parent)) return parent.getLeft() === node && isAssignment(parent);
  if (Node.isPrefixUnaryExpression(parent) || Node.isPostfixUnaryExpression(parent)) {
    return [SyntaxKind.PlusPlusToken, SyntaxKind.MinusMinusToken].includes(parent.getOperatorToken());
  }
  if (Node.isForOfStatement(parent) || Node.isForInStatement(parent)) return parent.getInitializer() === node;
  return isPatternPart(parent, node) && isWritten(parent);
}

function isPatternPart(parent: Node, node: Node): boolean {
  if (Node.isPropertyAssignment(parent)) return parent.getInitializer() === node;
  return (
    isTransparent(parent) ||
    Node.isShorthandPropertyAssignment(parent) ||
    Node.isObjectLiteralExpression(parent) ||
    Node.isArrayLiteralExpression(parent) ||
    Node.isSpreadElement(parent) ||
    Node.isSpreadAssignment(parent)
  );
}

function isAssignment(expression: BinaryExpression): boolean {
  const kind = expression.getOperatorToken().getKind();
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}
