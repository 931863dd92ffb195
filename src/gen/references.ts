/** Finds where a file uses a variable or an export, and whether it writes to it. */
import { type BinaryExpression, Node, type SourceFile, SyntaxKind, ts } from 'ts-morph';
import { findDeclaration } from './scopes.js';

/** A variable of one scope, or an export such as `module.exports`, which has no scope. */
export interface ScopedName {
  text: string;
  scope: Node | undefined;
}

/** Whether a node, such as parentheses, `as` or `await`, wraps an expression and leaves its value unchanged. */
export function isValuePreservingWrapper(node: Node | undefined): node is Node & { getExpression(): Node } {
  return (
    Node.isParenthesizedExpression(node) ||
    Node.isAsExpression(node) ||
    Node.isSatisfiesExpression(node) ||
    Node.isTypeAssertion(node) ||
    Node.isNonNullExpression(node) ||
    Node.isAwaitExpression(node)
  );
}

/** The outermost node that wraps a node and leaves its value unchanged. */
export function outermostValuePreservingWrapper(node: Node): Node {
  const parent = node.getParent();
  return isValuePreservingWrapper(parent) ? outermostValuePreservingWrapper(parent) : node;
}

/** Whether a variable gets a value anywhere but at its declaration. */
export function isReassigned({ text, scope }: ScopedName & { scope: Node }): boolean {
  return findReferencesToName({ text, scope }, scope).some(isAssignmentTarget);
}

/** Adds the variables to which a file assigns the same object, as by `const other = name` and `other = name`. */
export function addAliasNames(names: readonly ScopedName[], file: SourceFile): readonly ScopedName[] {
  const known = new Set(names.map(keyOf));
  const aliases = names
    .flatMap((name) => findReferencesToName(name, file))
    .map((reference) => targetOf(outermostValuePreservingWrapper(reference)))
    .filter((node) => Node.isIdentifier(node))
    .map((node) => ({ text: node.getText(), scope: findDeclaration(node)?.scope }));
  const fresh = aliases.filter((alias) => !known.has(keyOf(alias)));
  return fresh.length === 0 ? names : addAliasNames([...names, ...fresh], file);
}

/** What a declaration or a plain assignment gives a value to. */
function targetOf(value: Node): Node | undefined {
  const parent = value.getParent();
  if (Node.isVariableDeclaration(parent)) return parent.getNameNode();
  const isAssigned = Node.isBinaryExpression(parent) && parent.getOperatorToken().getText() === '=';
  return isAssigned && parent.getRight() === value ? parent.getLeft() : undefined;
}

function keyOf({ text, scope }: ScopedName): string {
  return `${text} ${scope?.getPos()} ${scope?.getKind()}`;
}

export function findReferencesToName({ text, scope }: ScopedName, within: Node): Node[] {
  const kind = text.includes('.') ? SyntaxKind.PropertyAccessExpression : SyntaxKind.Identifier;
  return within
    .getDescendantsOfKind(kind)
    .filter((node) => node.getText() === text && isValue(node) && findDeclaration(node)?.scope === scope);
}

/** Whether an identifier stands for a value: the names in a property and in a declaration do not. */
function isValue(node: Node): boolean {
  const parent = node.getParent()?.compilerNode as { name?: ts.Node; kind: SyntaxKind } | undefined;
  return parent?.name !== node.compilerNode || parent.kind === SyntaxKind.ShorthandPropertyAssignment;
}

/** Whether a node is written to: by an assignment, `++` or `--`, a destructuring pattern or a loop. */
export function isAssignmentTarget(node: Node): boolean {
  const parent = node.getParent();
  if (!parent) return false;
  if (Node.isBinaryExpression(parent)) return parent.getLeft() === node && isAssignment(parent);
  if (Node.isPrefixUnaryExpression(parent) || Node.isPostfixUnaryExpression(parent)) {
    return [SyntaxKind.PlusPlusToken, SyntaxKind.MinusMinusToken].includes(parent.getOperatorToken());
  }
  if (Node.isForOfStatement(parent) || Node.isForInStatement(parent)) return parent.getInitializer() === node;
  return isPatternPart(parent, node) && isAssignmentTarget(parent);
}

function isPatternPart(parent: Node, node: Node): boolean {
  if (Node.isPropertyAssignment(parent)) return parent.getInitializer() === node;
  return (
    isValuePreservingWrapper(parent) ||
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
