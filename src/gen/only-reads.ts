/**
 * Decides whether the use of an object cannot change it. Unknown uses may: other code gets the object, and sets a key
 * where nobody sees it.
 */
import { type BinaryExpression, type CallExpression, Node } from 'ts-morph';
import { importSpecifiersOf, isDefineConfigCallee } from './imported-modules.js';
import { outermostValuePreservingWrapper } from './references.js';

/** Whether an expression that has an object as its value only reads it, or is followed under its new name. */
export function isOnlyRead(value: Node): boolean {
  const user = value.getParent();
  if (!user || isInType(value)) return true;
  // A function that returns the config is only read where it is called: each call returns a new object.
  if (Node.isCallExpression(user)) return user.getExpression() === value || isReader(user) || isKept(user);
  if (Node.isBinaryExpression(user)) return isOnlyReadBy(user.getOperatorToken().getText(), value, user);
  if (Node.isConditionalExpression(user)) return user.getCondition() === value || isPassedOn(user);
  if (isContainer(user)) return isPassedOn(user);
  return (
    Node.isExportAssignment(user) ||
    Node.isExportSpecifier(user) ||
    Node.isReturnStatement(user) ||
    Node.isArrowFunction(user) ||
    Node.isVariableDeclaration(user) ||
    Node.isSpreadAssignment(user) ||
    (Node.isTemplateSpan(user) && !Node.isTaggedTemplateExpression(user.getParent().getParent())) ||
    isDiscarded(user)
  );
}

/** Whether a statement or an operator takes no more of a value than whether it exists. */
function isDiscarded(user: Node): boolean {
  return (
    Node.isExpressionStatement(user) ||
    Node.isIfStatement(user) ||
    Node.isTypeOfExpression(user) ||
    Node.isVoidExpression(user) ||
    Node.isPrefixUnaryExpression(user)
  );
}

function isOnlyReadBy(operator: string, value: Node, user: BinaryExpression): boolean {
  const isLeft = user.getLeft() === value;
  if (operator === '=') return !isLeft;
  if (operator === '&&' || operator === ',') return isLeft || isPassedOn(user);
  return operator === '||' || operator === '??'
    ? isPassedOn(user)
    : !operator.endsWith('=') || /^[=!<>]/.test(operator);
}

/** An object or an array in which a value stands. */
function isContainer(user: Node): boolean {
  return (
    Node.isPropertyAssignment(user) ||
    Node.isShorthandPropertyAssignment(user) ||
    Node.isObjectLiteralExpression(user) ||
    Node.isArrayLiteralExpression(user) ||
    Node.isSpreadElement(user)
  );
}

/** Whether the expression that a value stands in is only read; in a variable, nobody follows it. */
function isPassedOn(expression: Node): boolean {
  const whole = outermostValuePreservingWrapper(expression);
  return !Node.isVariableDeclaration(whole.getParent()) && isOnlyRead(whole);
}

function isReader(call: CallExpression): boolean {
  const callee = call.getExpression();
  const isKnown =
    /^(console\b|assert\b|JSON\.stringify$|structuredClone$|Object\.(freeze|seal|preventExtensions|keys|values|entries)$)/;
  return (
    isKnown.test(callee.getText()) || isDefineConfigCallee(callee) || importSpecifiersOf(callee).includes('cairnloop')
  );
}

/** A call whose result gets a name, such as `const app = createApp(config)`, is assumed not to change its arguments. */
function isKept(call: CallExpression): boolean {
  return Node.isVariableDeclaration(outermostValuePreservingWrapper(call).getParent());
}

/** Whether an identifier stands in a type or in a comment, as in `typeof config`. */
function isInType(value: Node): boolean {
  return Node.isTypeQuery(value.getParent()) || value.getFirstAncestor((node) => Node.isJSDoc(node)) !== undefined;
}
