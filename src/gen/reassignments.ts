/** Finds what a file does to an object or name after its declaration. */
import { type BinaryExpression, type CallExpression, Node, type SourceFile, SyntaxKind, ts } from 'ts-morph';
import { findDeclared } from './scopes.js';

/** A name in the file: a variable of one scope, or an export such as `module.exports`, which has none. */
export interface Name {
  text: string;
  scope: Node | undefined;
}

/** One place where a key of the object is set; `key` is undefined where it cannot be told which one. */
export interface Reassignment {
  node: Node;
  key: string | undefined;
  /** Undefined where the key is taken away, or set in a way that cannot be followed. */
  value: Node | undefined;
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

/** True where a value is put into the variable anywhere but at its declaration. */
export function isReassigned({ text, scope }: Name & { scope: Node }): boolean {
  return referencesTo({ text, scope }, scope).some(isWritten);
}

/** The names, and those that a `const other = name` of the file gives to the same object. */
export function withAliases(names: readonly Name[], file: SourceFile): readonly Name[] {
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

function keyOf({ text, scope }: Name): string {
  return `${text} ${scope?.getPos()} ${scope?.getKind()}`;
}

/** `config.key = …`, `delete config.key`, `Object.assign(config, …)` and their like, in the order of the file. */
export function findReassignments(names: readonly Name[], file: SourceFile): Reassignment[] {
  return names
    .flatMap((name) => referencesTo(name, file))
    .flatMap(writeThrough)
    .sort((a, b) => a.node.getPos() - b.node.getPos());
}

function referencesTo({ text, scope }: Name, within: Node): Node[] {
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

function writeThrough(reference: Node): Reassignment[] {
  const whole = outermost(reference);
  const parent = whole.getParent();
  if (isWritten(whole) && !isExport(whole)) return [unclear(whole)];
  if (Node.isCallExpression(parent) && parent.getArguments()[0] === whole) return writeByCall(parent);
  if (Node.isCallExpression(parent) && parent.getArguments().includes(whole)) return writeInside(parent);
  if (!isAccessOf(parent, whole)) return [];
  const access = outermost(parent);
  const isDeleted = Node.isDeleteExpression(access.getParent());
  if (!isDeleted && !isWritten(access)) return [];
  const assignment = access.getParent();
  const isPlain = Node.isBinaryExpression(assignment) && assignment.getOperatorToken().getText() === '=';
  const value = isPlain ? assignment.getRight() : undefined;
  return [{ node: statementOf(access), key: keyOfAccess(parent), value }];
}

function isAccessOf(parent: Node | undefined, whole: Node): parent is Node {
  const isAccess = Node.isPropertyAccessExpression(parent) || Node.isElementAccessExpression(parent);
  return isAccess && parent.getExpression() === whole;
}

function keyOfAccess(access: Node): string | undefined {
  if (Node.isPropertyAccessExpression(access)) return access.getName();
  return Node.isElementAccessExpression(access) ? literalText(access.getArgumentExpression()) : undefined;
}

function literalText(node: Node | undefined): string | undefined {
  const isLiteral = Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node);
  return isLiteral ? node.getLiteralText() : undefined;
}

const setsOneKey = new Set([
  'Object.defineProperty',
  'Reflect.defineProperty',
  'Reflect.set',
  'Reflect.deleteProperty',
]);
const setsMany = new Set(['Object.defineProperties', 'Object.setPrototypeOf']);

function writeByCall(call: CallExpression): Reassignment[] {
  const callee = call.getExpression().getText();
  const [, ...others] = call.getArguments();
  if (setsOneKey.has(callee)) return [{ ...unclear(call), key: literalText(others[0]) }];
  if (setsMany.has(callee)) return [unclear(call)];
  return callee === 'Object.assign' ? others.flatMap((other) => assignedBy(call, other)) : writeInside(call);
}

/** A call that is a statement of its own, such as `enrich(config);`, is assumed to change its arguments. */
function writeInside(call: CallExpression): Reassignment[] {
  const onlyReads = /^(console|assert|Object\.(freeze|seal|preventExtensions))\b/.test(call.getExpression().getText());
  const parent = call.getParent();
  const isStatement = Node.isExpressionStatement(Node.isAwaitExpression(parent) ? parent.getParent() : parent);
  return isStatement && !onlyReads ? [unclear(call)] : [];
}

function assignedBy(call: CallExpression, source: Node): Reassignment[] {
  if (!Node.isObjectLiteralExpression(source)) return [unclear(call)];
  return source.getProperties().map((property) => {
    const name = Node.hasName(property) ? property.getNameNode() : undefined;
    const key = Node.isComputedPropertyName(name) ? literalText(name.getExpression()) : plainName(name);
    return { node: statementOf(call), key, value: property };
  });
}

function plainName(name: Node | undefined): string | undefined {
  return literalText(name) ?? (Node.isIdentifier(name) ? name.getText() : undefined);
}

function unclear(node: Node): Reassignment {
  return { node: statementOf(node), key: undefined, value: undefined };
}

function statementOf(node: Node): Node {
  return node.getFirstAncestor((ancestor) => Node.isStatement(ancestor)) ?? node;
}

/** A node with the wrappers around it that leave the value as it is. */
function outermost(node: Node): Node {
  const parent = node.getParent();
  return isTransparent(parent) ? outermost(parent) : node;
}

/** Assigned to, counted up, or filled by a pattern or a loop. */
function isWritten(node: Node): boolean {
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

/** An assignment that stands at the top of the file is an export, which is followed as such. */
function isExport(target: Node): boolean {
  const assignment = target.getParent();
  if (!Node.isBinaryExpression(assignment)) return false;
  const parent = assignment.getParent();
  if (Node.isExpressionStatement(parent)) return Node.isSourceFile(parent.getParent());
  return Node.isBinaryExpression(parent) && parent.getRight() === assignment && isExport(parent.getLeft());
}
