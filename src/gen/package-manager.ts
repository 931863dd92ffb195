export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/**
 * The words of each package manager: to add a package, to add it for development only, and to run a package's binary.
 */
const words: Record<PackageManager, { install: string; dev: string; run: string }> = {
  npm: { install: 'npm install', dev: '-D', run: 'npx' },
  pnpm: { install: 'pnpm add', dev: '-D', run: 'pnpm exec' },
  yarn: { install: 'yarn add', dev: '-D', run: 'yarn' },
  bun: { install: 'bun add', dev: '-d', run: 'bunx' },
};

/** Returns the commands that install packages: one for code, one for types, which only development needs. */
export function packageInstallCommands(manager: PackageManager, packages: readonly string[]): string[] {
  const { install, dev } = words[manager];
  const isType = (name: string) => name.startsWith('@types/');
  const [types, others] = [packages.filter(isType), packages.filter((name) => !isType(name))];
  return [
    ...(others.length > 0 ? [`${install} ${others.join(' ')}`] : []),
    ...(types.length > 0 ? [`${install} ${dev} ${types.join(' ')}`] : []),
  ];
}

export function packageBinaryCommandLine(manager: PackageManager, line: string): string {
  return `${words[manager].run} ${line}`;
}
