/** Finds the statements that change an object or a variable after its declaration. */
import { type CallExpression, Node, type SourceFile } from 'ts-morph';
import { isOnlyRead } from './only-reads.js';
import {
  findReferencesToName,
  isAssignmentTarget,
  outermostValuePreservingWrapper,
  type ScopedName,
} from './references.js';

/** A statement that sets a key of an object; `key` is undefined if it may be any key. */
export interface Reassignment {
  node: Node;
  key: string | undefined;
  /** The value that the key gets; undefined if the key is deleted, or set in a way that cannot be followed. */
  value: Node | undefined;
}

/**
 * Finds `config.key = …`, `delete config.key`, `Object.assign(config, …)` and similar statements, in the order of the
 * file.
 */
export function findReassignments(names: readonly ScopedName[], file: SourceFile): Reassignment[] {
  return names
    .flatMap((name) => findReferencesToName(name, file))
    .flatMap(writeThrough)
    .sort((a, b) => a.node.getPos() - b.node.getPos());
}

function writeThrough(reference: Node): Reassignment[] {
  const whole = outermostValuePreservingWrapper(reference);
  const parent = whole.getParent();
  if (isAssignmentTarget(whole)) return isExport(whole) ? [] : [unclear(whole)];
  if (Node.isCallExpression(parent) && parent.getArguments()[0] === whole && setsKeys(parent))
    return writeByCall(parent);
  if (!isAccessOf(parent, whole)) return isOnlyRead(whole) ? [] : [unclear(whole)];
  const access = outermostValuePreservingWrapper(parent);
  const user = access.getParent();
  // A method may change the object that it is called on.
  if (isCalled(access)) return [unclear(whole)];
  if (!Node.isDeleteExpression(user) && !isAssignmentTarget(access)) return [];
  const isPlain = Node.isBinaryExpression(user) && user.getOperatorToken().getText() === '=';
  const value = isPlain ? user.getRight() : undefined;
  return [{ node: statementOf(access), key: keyOfAccess(parent), value }];
}

function isCalled(access: Node): boolean {
  const user = access.getParent();
  if (Node.isCallExpression(user)) return user.getExpression() === access;
  return Node.isTaggedTemplateExpression(user) && user.getTag() === access;
}

function isAccessOf(parent: Node | undefined, whole: Node): parent is Node {
  const isAccess = Node.isPropertyAccessExpression(parent) || Node.isElementAccessExpression(parent);
  return isAccess && parent.getExpression() === whole;
}

/** The key that an access names. `__proto__` stands for any key, because it brings the keys of a prototype. */
function keyOfAccess(access: Node): string | undefined {
  const isElement = Node.isElementAccessExpression(access);
  const key = isElement ? literalText(access.getArgumentExpression()) : access.getLastChild()?.getText();
  return key === '__proto__' ? undefined : key;
}

/** The text of a literal without parts that are known only at run time. */
export function literalText(node: Node | undefined): string | undefined {
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

function setsKeys(call: CallExpression): boolean {
  const callee = call.getExpression().getText();
  return setsOneKey.has(callee) || setsMany.has(callee) || callee === 'Object.assign';
}

function writeByCall(call: CallExpression): Reassignment[] {
  const callee = call.getExpression().getText();
  const [, ...others] = call.getArguments();
  if (setsOneKey.has(callee)) return [{ ...unclear(call), key: literalText(others[0]) }];
  if (setsMany.has(callee)) return [unclear(call)];
  return others.flatMap((other) => assignedBy(call, other));
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

/**
 * Whether a node is the target of an assignment at the top level, such as `module.exports = …`: that exports the object
 * and does not change it.
 */
function isExport(target: Node): boolean {
  const assignment = target.getParent();
  if (!Node.isBinaryExpression(assignment)) return false;
  const parent = assignment.getParent();
  if (Node.isExpressionStatement(parent)) return Node.isSourceFile(parent.getParent());
  return Node.isBinaryExpression(parent) && parent.getRight() === assignment && isExport(parent.getLeft());
}
