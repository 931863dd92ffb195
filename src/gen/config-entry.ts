import { Node, type ObjectLiteralExpression, type SpreadAssignment } from 'ts-morph';
import { type ConfigObject, resolveObjectLiteral } from './config-object.js';
import { findReassignments, literalText } from './reassignments.js';
import { isValuePreservingWrapper } from './references.js';

/**
 * Where a key of the config is set: in the object, in an object spread into it, or by a later statement. `unclear` is
 * code that may set or delete the key in a way that cannot be followed.
 */
export type FoundConfigEntry = { node: Node; value: Node } | { unclear: Node };

/**
 * Finds where a key is set. A later statement that names the key wins; one that may set any key counts if none names
 * it.
 */
export function findConfigEntry({ object, names }: ConfigObject, key: string): FoundConfigEntry | undefined {
  const writes = findReassignments(names, object.getSourceFile());
  const named = writes.filter((write) => write.key === key).at(-1);
  if (named) return named.value ? { node: named.node, value: valueSet(named.value) } : { unclear: named.node };
  const property = findKeyInObject(object, key).at(-1);
  const hidden = hiddenSources(object).at(-1);
  if (property && !(hidden && hidden.getPos() > property.getPos())) {
    return { node: property, value: valueSet(property) };
  }
  const unclear = hidden ?? writes.find((write) => write.key === undefined)?.node;
  return unclear && { unclear };
}

/** The properties of an object that may set any key: a computed name, a prototype, a spread from another file. */
function hiddenSources(object: ObjectLiteralExpression, within: readonly Node[] = []): Node[] {
  const inner = [...within, object];
  return object.getProperties().filter((property) => {
    if (Node.isSpreadAssignment(property)) return spreadObjects(property).some((spread) => !isSeen(spread, inner));
    return isComputed(property) || propertyName(property) === '__proto__';
  });
}

/** The objects that a spread may copy from; values without keys, such as `false`, are left out. */
function spreadObjects(spread: SpreadAssignment): Node[] {
  return alternatives(spread.getExpression()).filter((node) => !isKeyless(node));
}

function isSeen(node: Node, within: readonly Node[]): boolean {
  const found = resolveObjectLiteral(node);
  // An object that is changed later, or spreads others or itself, may have keys that its literal does not show.
  if (!found || within.includes(found.object) || hiddenSources(found.object, within).length > 0) return false;
  return findReassignments(found.names, node.getSourceFile()).length === 0;
}

function isKeyless(node: Node): boolean {
  return (
    Node.isFalseLiteral(node) ||
    Node.isTrueLiteral(node) ||
    Node.isNullLiteral(node) ||
    Node.isNumericLiteral(node) ||
    node.getText() === 'undefined'
  );
}

/** Whether the name of a property is known only at run time. */
function isComputed(property: Node): boolean {
  const name = Node.hasName(property) ? property.getNameNode() : undefined;
  return Node.isComputedPropertyName(name) && literalText(name.getExpression()) === undefined;
}

export function findKeyInObject(object: ObjectLiteralExpression, key: string, within: readonly Node[] = []): Node[] {
  const inner = [...within, object];
  return object.getProperties().flatMap((property): Node[] => {
    if (!Node.isSpreadAssignment(property)) return propertyName(property) === key ? [property] : [];
    return alternatives(property.getExpression()).flatMap((expression) => {
      const spread = resolveObjectLiteral(expression);
      return spread && !inner.includes(spread.object) ? findKeyInObject(spread.object, key, inner) : [];
    });
  });
}

/**
 * The expressions that may be the value at run time, as in `...(isProduction && { … })` or
 * `...(isProduction ? { … } : {})`.
 */
function alternatives(expression: Node): Node[] {
  if (isValuePreservingWrapper(expression)) return alternatives(expression.getExpression());
  if (Node.isConditionalExpression(expression)) {
    return [expression.getWhenTrue(), expression.getWhenFalse()].flatMap(alternatives);
  }
  if (!Node.isBinaryExpression(expression)) return [expression];
  // The left side of `&&` is the value only if it is falsy, and then it has no keys.
  if (expression.getOperatorToken().getText() === '&&') return alternatives(expression.getRight());
  return [expression.getLeft(), expression.getRight()].flatMap(alternatives);
}

/** The value that a property, or an assignment to it, sets. */
function valueSet(property: Node): Node {
  if (Node.isPropertyAssignment(property)) return property.getInitializer() ?? property;
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode();
  return property;
}

/** Whether all keys of an object are in quotes, so that a new one should be too. */
export function usesQuotedKeys(object: ObjectLiteralExpression): boolean {
  const assignments = object.getProperties().filter((property) => Node.isPropertyAssignment(property));
  return assignments.length > 0 && assignments.every((property) => Node.isStringLiteral(property.getNameNode()));
}

function propertyName(property: Node): string | undefined {
  if (!Node.hasName(property)) return undefined;
  const name = property.getNameNode();
  const literal = Node.isComputedPropertyName(name) ? name.getExpression() : name;
  return literalText(literal) ?? property.getName();
}
