export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** How each adds a package, and how each runs a binary of one. */
const words: Record<PackageManager, { install: string; run: string }> = {
  npm: { install: 'npm install', run: 'npx' },
  pnpm: { install: 'pnpm add', run: 'pnpm exec' },
  yarn: { install: 'yarn add', run: 'yarn' },
  bun: { install: 'bun add', run: 'bunx' },
};

export function installCommand(manager: PackageManager, packages: readonly string[]): string {
  return `${words[manager].install} ${packages.join(' ')}`;
}

export function runCommand(manager: PackageManager, line: string): string {
  return `${words[manager].run} ${line}`;
}
