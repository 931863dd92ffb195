import {
  type ImportDeclaration,
  type ImportEqualsDeclaration,
  Node,
  type SourceFile,
  SyntaxKind,
  type VariableDeclaration,
} from 'ts-morph';
import { findDeclaration } from './scopes.js';

/**
 * The modules from which an expression takes its value, as import specifiers: for `notifier`, `modules.notifier` or
 * `require('./n').notifier`.
 */
export function importSpecifiersOf(expression: Node): string[] {
  const names = new Set(identifiersIn(expression));
  const bound = bindings(expression.getSourceFile()).filter(({ name }) => names.has(name));
  return [...bound.map(({ from }) => from), ...requiredIn(expression)];
}

/** The relative import specifiers of a file, without those of JSON, CSS and other assets. */
export function relativeImportSpecifiers(file: SourceFile): string[] {
  const all = [...new Set(bindings(file).map(({ from }) => from))];
  return all.filter((text) => text.startsWith('.') && !/\.(json|css|node|wasm)$/.test(text));
}

/** The names that a new variable of a file must not have: those declared, imported or used as globals. */
export function identifiersUsedIn(file: SourceFile): Set<string> {
  return new Set(identifiersIn(file));
}

/** The local name of the export `exportName` that a file imports from a specifier for which `isMeant` returns true. */
export function localImportName(
  file: SourceFile,
  isMeant: (specifier: string) => boolean,
  exportName: string,
): string | undefined {
  return bindings(file).find(({ exported, from }) => exported === exportName && isMeant(from))?.name;
}

/**
 * Whether a callee is Cairnloop's `defineConfig`, under any name: imported, required, or a member of the whole package.
 * If the file does not declare the name `defineConfig`, it can only mean Cairnloop's.
 */
export function isDefineConfigCallee(callee: Node): boolean {
  const isWord = Node.isIdentifier(callee);
  const isMember = Node.isPropertyAccessExpression(callee) && callee.getName() === 'defineConfig';
  if (!isWord && !isMember) return false;
  const from = importSpecifiersOf(callee);
  if (!from.includes('cairnloop')) return isWord && callee.getText() === 'defineConfig' && !findDeclaration(callee);
  const bound = bindings(callee.getSourceFile()).find(({ name }) => name === callee.getText());
  return bound === undefined || bound.exported === 'defineConfig';
}

interface Binding {
  name: string;
  /** The name of the export; absent if the variable holds the whole module. */
  exported?: string | undefined;
  from: string;
}

function bindings(file: SourceFile): Binding[] {
  return [
    ...file.getImportDeclarations().flatMap(imported),
    ...file.getDescendantsOfKind(SyntaxKind.ImportEqualsDeclaration).flatMap(importedByEquals),
    ...file.getVariableDeclarations().flatMap(required),
  ];
}

function imported(declaration: ImportDeclaration): Binding[] {
  const from = declaration.getModuleSpecifierValue();
  const whole = [declaration.getDefaultImport(), declaration.getNamespaceImport()].filter((node) => node !== undefined);
  const named = declaration.isTypeOnly() ? [] : declaration.getNamedImports().filter((name) => !name.isTypeOnly());
  return [
    ...whole.map((node) => ({ name: node.getText(), from })),
    ...named.map((name) => ({ name: (name.getAliasNode() ?? name).getText(), exported: name.getName(), from })),
  ];
}

/**
 * The variable of `import name = require('from')`, or of `import name = other.name` where `other` is declared like
 * that.
 */
function importedByEquals(declaration: ImportEqualsDeclaration): Binding[] {
  const reference = declaration.getModuleReference();
  const name = declaration.getName();
  if (Node.isQualifiedName(reference)) {
    const whole = declaration.getSourceFile().getDescendantsOfKind(SyntaxKind.ImportEqualsDeclaration);
    const others = whole.filter((other) => other !== declaration && other.getName() === reference.getLeft().getText());
    return others
      .flatMap(importedByEquals)
      .map(({ from }) => ({ name, exported: reference.getRight().getText(), from }));
  }
  const from = reference.getFirstDescendantByKind(SyntaxKind.StringLiteral)?.getLiteralValue();
  return from === undefined ? [] : [{ name, exported: name, from }];
}

function required(declaration: VariableDeclaration): Binding[] {
  const value = declaration.getInitializer();
  const [from] = requiredIn(value);
  const name = declaration.getNameNode();
  if (from === undefined) return [];
  const member = Node.isPropertyAccessExpression(value) ? value.getName() : undefined;
  if (!Node.isObjectBindingPattern(name)) return [{ name: name.getText(), exported: member, from }];
  return name.getElements().map((element) => ({
    name: element.getName(),
    exported: element.getPropertyNameNode()?.getText() ?? element.getName(),
    from,
  }));
}

function requiredIn(node: Node | undefined): string[] {
  if (!node) return [];
  const calls = [node, ...node.getDescendants()].filter((inner) => Node.isCallExpression(inner));
  return calls.flatMap((call) => {
    const [argument] = call.getArguments();
    const callee = call.getExpression().getText();
    return (callee === 'require' || callee === 'import') && Node.isStringLiteral(argument)
      ? [argument.getLiteralValue()]
      : [];
  });
}

/** The identifiers in a node, without the names of properties. */
function identifiersIn(node: Node): string[] {
  const all = Node.isIdentifier(node) ? [node] : node.getDescendantsOfKind(SyntaxKind.Identifier);
  return all.filter((identifier) => !isPropertyName(identifier)).map((identifier) => identifier.getText());
}

function isPropertyName(identifier: Node): boolean {
  const parent = identifier.getParent();
  if (Node.isPropertyAccessExpression(parent)) return parent.getNameNode() === identifier;
  return (Node.isPropertyAssignment(parent) || Node.isMethodDeclaration(parent)) && parent.getNameNode() === identifier;
}
