import { fileURLToPath } from 'node:url';
import {
  type ClassDeclaration,
  type FunctionDeclaration,
  type MethodDeclaration,
  type Symbol as MorphSymbol,
  Node,
  Project,
  ts,
} from 'ts-morph';

/** What hosts import, and the source file behind it. */
export const entries = {
  cairnloop: 'src/index.ts',
  'cairnloop/testing': 'src/testing.ts',
  'cairnloop/ai': 'src/ai/index.ts',
  'cairnloop/webhooks': 'src/webhooks/index.ts',
  'cairnloop/transactions': 'src/transactions.ts',
  'cairnloop/nest': 'src/nest.ts',
  'cairnloop/fastify': 'src/fastify.ts',
};

const printer = ts.createPrinter({ removeComments: true });

/** Every exported name with its declaration, comments left out, so that a review sees each change of the surface. */
export function apiReport(): string {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const project = new Project({ tsConfigFilePath: `${root}tsconfig.json`, skipAddingFilesFromTsConfig: true });
  const parts = Object.entries(entries).map(([name, file]) => {
    const source = project.addSourceFileAtPath(root + file);
    project.resolveSourceFileDependencies();
    const symbols = [...source.getExportSymbols()].sort((a, b) => (a.getName() < b.getName() ? -1 : 1));
    const declared = symbols.map(declarationOf).filter((text) => text !== '');
    return `## ${name}\n\n\`\`\`ts\n${declared.join('\n\n')}\n\`\`\`\n`;
  });
  return `# The public API\n\nWritten by \`npm run docs\`; a test compares it with the source. The comments stand on the declarations.\n\n${parts.join('\n')}`;
}

function declarationOf(exported: MorphSymbol): string {
  const symbol = exported.getAliasedSymbol() ?? exported;
  return symbol
    .getDeclarations()
    .map((declaration) => shown(exported.getName(), declaration))
    .join('\n');
}

function shown(name: string, declaration: Node): string {
  if (Node.isFunctionDeclaration(declaration)) return `function ${name}${signature(declaration)}`;
  if (Node.isVariableDeclaration(declaration)) return `const ${name}: ${declaration.getType().getText(declaration)};`;
  if (Node.isClassDeclaration(declaration)) return classText(name, declaration);
  return printer.printNode(ts.EmitHint.Unspecified, declaration.compilerNode, declaration.getSourceFile().compilerNode);
}

function signature(declaration: FunctionDeclaration | MethodDeclaration): string {
  const parameters = declaration.getParameters().map((parameter) => parameter.getText());
  const returned = declaration.getReturnTypeNode()?.getText() ?? declaration.getReturnType().getText(declaration);
  return `(${parameters.join(', ')}): ${returned};`;
}

/** Public members only, without their bodies. */
function classText(name: string, declaration: ClassDeclaration): string {
  const members = declaration
    .getMembers()
    .filter((member) => !Node.isModifierable(member) || !member.hasModifier(ts.SyntaxKind.PrivateKeyword))
    .filter((member) => !('getName' in member) || !String(member.getName()).startsWith('#'))
    .map((member) => {
      if (Node.isMethodDeclaration(member)) return `  ${member.getName()}${signature(member)}`;
      if (Node.isConstructorDeclaration(member))
        return `  constructor(${member
          .getParameters()
          .map((one) => one.getText())
          .join(', ')});`;
      return `  ${printer.printNode(ts.EmitHint.Unspecified, member.compilerNode, declaration.getSourceFile().compilerNode)}`;
    });
  const parent = declaration.getExtends()?.getText();
  return `class ${name}${parent ? ` extends ${parent}` : ''} {\n${members.join('\n')}\n}`;
}
