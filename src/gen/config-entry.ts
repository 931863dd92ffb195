import { Node, type ObjectLiteralExpression } from 'ts-morph';
import { type ConfigObject, resolveObject } from './config-object.js';

/** Where a key is set already: in the object, in an object of this file spread into it, or by a later assignment. */
export function findEntry({ object, names }: ConfigObject, key: string): Node | undefined {
  return findInObject(object, key)[0] ?? findAssigned(object, names, key);
}

export function findInObject(object: ObjectLiteralExpression, key: string): Node[] {
  return object.getProperties().flatMap((property): Node[] => {
    if (!Node.isSpreadAssignment(property)) return propertyName(property) === key ? [property] : [];
    const spread = resolveObject(property.getExpression());
    return spread && !spread.object.getDescendants().includes(property) ? findInObject(spread.object, key) : [];
  });
}

/** What a property, or an assignment to one, sets. */
export function valueSet(property: Node): Node {
  if (Node.isPropertyAssignment(property)) return property.getInitializer() ?? property;
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode();
  return property;
}

/** True where every key of the object is written in quotes, so that ours should be too. */
export function keyStyle(object: ObjectLiteralExpression): boolean {
  const assignments = object.getProperties().filter((property) => Node.isPropertyAssignment(property));
  return assignments.length > 0 && assignments.every((property) => Node.isStringLiteral(property.getNameNode()));
}

function propertyName(property: Node): string | undefined {
  return Node.hasName(property) ? property.getName().replaceAll(/^\[?\s*['"`]|['"`]\s*\]?$/g, '') : undefined;
}

/** `config.notifier = …` or `config['notifier'] = …` after the object was written. */
function findAssigned(object: Node, names: readonly string[], key: string): Node | undefined {
  const targets = names.flatMap((name) => [`${name}.${key}`, `${name}['${key}']`, `${name}["${key}"]`]);
  return object
    .getSourceFile()
    .getStatements()
    .find((statement) => {
      const expression = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined;
      return Node.isBinaryExpression(expression) && targets.includes(expression.getLeft().getText());
    });
}
