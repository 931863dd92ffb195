/** Finds the statements that change an object or a variable after its declaration. */
import { type CallExpression, Node, type SourceFile } from 'ts-morph';
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
  if (isAssignmentTarget(whole) && !isExport(whole)) return [unclear(whole)];
  if (Node.isCallExpression(parent) && parent.getArguments()[0] === whole) return writeByCall(parent);
  if (Node.isCallExpression(parent) && parent.getArguments().includes(whole)) return writeInside(parent);
  if (!isAccessOf(parent, whole)) return [];
  const access = outermostValuePreservingWrapper(parent);
  const isDeleted = Node.isDeleteExpression(access.getParent());
  if (!isDeleted && !isAssignmentTarget(access)) return [];
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
