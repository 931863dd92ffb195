/** Reads the literal values that a settings file in JavaScript or TypeScript exports. The file is parsed, not run. */
import { Node } from 'ts-morph';
import { resolveObject } from '../gen/config-object.js';
import { parseSource } from '../gen/parse-source.js';
import type { Settings } from './read-json.js';

/**
 * Reads the settings that a script exports. Calls such as `defineConfig(…)` and `mergeConfig(…, …)` count as their
 * arguments.
 */
export function readScriptSettings(text: string): Settings {
  const exported = exportedNodes(text).flatMap(objectsIn);
  return Object.assign({}, ...exported.map((object) => literalOf(object)));
}

/** The expressions that a file exports as default. */
export function exportedNodes(text: string): Node[] {
  return parseSource('settings.ts', text)
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
  const found = resolveObject(node)?.object;
  return found ? [found] : [];
}

/** The value of a literal; undefined for a computed value. */
export function literalOf(node: Node | undefined): unknown {
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return node.getLiteralText();
  if (Node.isNumericLiteral(node)) return node.getLiteralValue();
  if (Node.isTrueLiteral(node) || Node.isFalseLiteral(node)) return node.getText() === 'true';
  if (Node.isArrayLiteralExpression(node)) return node.getElements().map(literalOf);
  if (Node.isAsExpression(node) || Node.isSatisfiesExpression(node) || Node.isParenthesizedExpression(node))
    return literalOf(node.getExpression());
  if (Node.isCallExpression(node)) return literalOf(node.getArguments()[0]);
  if (!Node.isObjectLiteralExpression(node)) return undefined;
  const pairs = node.getProperties().flatMap((property) => {
    if (!Node.isPropertyAssignment(property)) return [];
    return [[property.getName().replaceAll(/^['"`]|['"`]$/g, ''), literalOf(property.getInitializer())]];
  });
  return Object.fromEntries(pairs);
}
