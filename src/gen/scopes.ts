/** Finds the declaration of a name by the scope rules of JavaScript, without a type checker. */
import { Node, SyntaxKind, ts } from 'ts-morph';

/** The nearest scope that declares a name, with every declaration of it there. */
export interface DeclaredName {
  scope: Node;
  declarations: readonly Node[];
}

/** Finds the declaration of `name` that is visible at `use`; undefined where the file does not declare it. */
export function findDeclaration(use: Node, name = use.getText()): DeclaredName | undefined {
  const all = use
    .getSourceFile()
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((identifier) => identifier.getText() === name && isDeclaring(identifier))
    .map((identifier) => identifier.getParentOrThrow());
  const inScope = (scope: Node) => all.filter((declaration) => scopeOf(declaration) === scope);
  const scope = [use, ...use.getAncestors()].find((ancestor) => inScope(ancestor).length > 0);
  return scope && { scope, declarations: inScope(scope) };
}

const declaringKinds: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.VariableDeclaration,
  SyntaxKind.BindingElement,
  SyntaxKind.Parameter,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.EnumDeclaration,
  SyntaxKind.ImportEqualsDeclaration,
  SyntaxKind.ImportClause,
  SyntaxKind.NamespaceImport,
  SyntaxKind.ImportSpecifier,
]);

function isDeclaring(identifier: Node): boolean {
  const parent = identifier.getParent();
  if (!parent || !declaringKinds.has(parent.getKind())) return false;
  return (parent.compilerNode as ts.NamedDeclaration).name === identifier.compilerNode;
}

/** The scope of a declaration: the whole function for `var`, the block for everything else. */
function scopeOf(declaration: Node): Node | undefined {
  const list = declaration.getFirstAncestorByKind(SyntaxKind.VariableDeclarationList);
  const parameter = declaration.getFirstAncestorByKind(SyntaxKind.Parameter) ?? declaration;
  const isVar =
    list && !Node.isParameterDeclaration(parameter) && !(list.compilerNode.flags & ts.NodeFlags.BlockScoped);
  return declaration.getAncestors().find(isVar ? isFunctionOrFile : isScope);
}

function isFunctionOrFile(node: Node): boolean {
  return ts.isFunctionLike(node.compilerNode) || Node.isSourceFile(node) || Node.isModuleBlock(node);
}

function isScope(node: Node): boolean {
  return (
    isFunctionOrFile(node) ||
    Node.isBlock(node) ||
    Node.isCaseBlock(node) ||
    Node.isCatchClause(node) ||
    Node.isForStatement(node) ||
    Node.isForOfStatement(node) ||
    Node.isForInStatement(node)
  );
}
