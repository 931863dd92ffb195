export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** How each adds a package, also one that only development needs, and how each runs a binary of one. */
const words: Record<PackageManager, { install: string; dev: string; run: string }> = {
  npm: { install: 'npm install', dev: '-D', run: 'npx' },
  pnpm: { install: 'pnpm add', dev: '-D', run: 'pnpm exec' },
  yarn: { install: 'yarn add', dev: '-D', run: 'yarn' },
  bun: { install: 'bun add', dev: '-d', run: 'bunx' },
};

/** One line for what runs, one for the types that only the compiler reads. */
export function installCommands(manager: PackageManager, packages: readonly string[]): string[] {
  const { install, dev } = words[manager];
  const isType = (name: string) => name.startsWith('@types/');
  const [types, others] = [packages.filter(isType), packages.filter((name) => !isType(name))];
  return [
    ...(others.length > 0 ? [`${install} ${others.join(' ')}`] : []),
    ...(types.length > 0 ? [`${install} ${dev} ${types.join(' ')}`] : []),
  ];
}

export function runCommand(manager: PackageManager, line: string): string {
  return `${words[manager].run} ${line}`;
}
