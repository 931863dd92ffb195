/** Reads the literal values that a settings file in JavaScript or TypeScript exports. The file is parsed, not run. */
import { Node } from 'ts-morph';
import { resolveObjectLiteral } from '../gen/config-object.js';
import { parseSourceFile } from '../gen/parse-source.js';
import type { ToolSettings } from './read-json-settings.js';

/**
 * Reads the settings that a script exports. Calls such as `defineConfig(…)` and `mergeConfig(…, …)` count as their
 * arguments.
 */
export function readExportedSettings(text: string): ToolSettings {
  const exported = defaultExportNodes(text).flatMap(objectsIn);
  return Object.assign({}, ...exported.map((object) => literalValueOf(object)));
}

/** The value that a settings file exports, which need not be an object; for a JSON file its content. */
export function readExportedValue(name: string, text: string): unknown {
  const [value] = defaultExportNodes(name.endsWith('.json') ? `export default ${text}` : text).map(literalValueOf);
  return value;
}

/** The expressions that a file exports as default. */
export function defaultExportNodes(text: string): Node[] {
  return parseSourceFile('settings.ts', text)
    .getStatements()
    .flatMap((statement): Node[] => {
      if (Node.isExportAssignment(statement)) return [statement.getExpression()];
      const assigned = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined;
      const isExports = Node.isBinaryExpression(assigned) && /^(module\.)?exports/.test(assigned.getLeft().getText());
      return isExports ? [assigned.getRight()] : [];
    });
}

function objectsIn(node: Node): Node[] {
  if (Node.isCallExpression(node)) return node.getArguments().flatMap(objectsIn);
  const found = resolveObjectLiteral(node)?.object;
  return found ? [found] : [];
}

/** The value of an expression that is a literal, or the name of a constant with one; undefined if it is computed. */
export function literalValueOf(node: Node | undefined, names = 0): unknown {
  const next = (inner: Node | undefined) => literalValueOf(inner, names);
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return node.getLiteralText();
  if (Node.isNumericLiteral(node)) return node.getLiteralValue();
  if (Node.isTrueLiteral(node) || Node.isFalseLiteral(node)) return node.getText() === 'true';
  if (Node.isArrayLiteralExpression(node)) return node.getElements().map(next);
  if (Node.isAsExpression(node) || Node.isSatisfiesExpression(node) || Node.isParenthesizedExpression(node))
    return next(node.getExpression());
  if (Node.isCallExpression(node)) return next(node.getArguments()[0]);
  if (Node.isIdentifier(node)) return literalValueOf(names < 5 ? constantOf(node) : undefined, names + 1);
  if (!Node.isObjectLiteralExpression(node)) return undefined;
  const pairs = node.getProperties().flatMap((property) => {
    if (Node.isShorthandPropertyAssignment(property)) return [[property.getName(), next(property.getNameNode())]];
    if (!Node.isPropertyAssignment(property)) return [];
    return [[property.getName().replaceAll(/^['"`]|['"`]$/g, ''), next(property.getInitializer())]];
  });
  return Object.fromEntries(pairs);
}

function constantOf(name: Node): Node | undefined {
  const declared = name.getSourceFile().getVariableDeclaration(name.getText());
  return declared?.getVariableStatement()?.getDeclarationKind() === 'const' ? declared.getInitializer() : undefined;
}
