/**
 * Finds the host's own lint and format tools that have to fix generated files, because `gen` does not follow all their
 * settings.
 */
import { readBiomeSettings } from './biome-settings.js';
import { listFolderAndParents } from './folders.js';
import type { LintSettings } from './lint-settings.js';
import { readPrettierSettings } from './prettier-settings.js';
import type { ToolSettings } from './read-json-settings.js';

/**
 * Returns the commands that fix lint and format, to be completed by file names; none if generated files need no fixing.
 */
export function findFixCommands(root: string, lint: LintSettings, dependencies: readonly string[]): string[] {
  const prettier = listFolderAndParents(root).map(readPrettierSettings).find(Boolean);
  const usesPrettier = prettier !== undefined || dependencies.includes('prettier');
  const linters = lint.tools.filter((tool) => !isCovered(root, tool, lint)).map((tool) => commands[tool]);
  const others = otherTools.filter(([name]) => dependencies.includes(name)).map(([, command]) => command);
  const runsPrettier = usesPrettier && !isPlainPrettier(prettier ?? {}) && !lint.tools.includes('biome');
  return [...new Set([...linters, ...others, ...(runsPrettier ? ['prettier --write'] : [])])];
}

const commands: Record<LintSettings['tools'][number], string> = {
  eslint: 'eslint --fix',
  oxlint: 'oxlint --fix',
  biome: 'biome check --write',
  xo: 'xo --fix',
  standard: 'standard --fix',
};

/** Tools that need no settings file: a host that depends on one uses it. */
const otherTools = [
  ['xo', 'xo --fix'],
  ['standard', 'standard --fix'],
  ['dprint', 'dprint fmt'],
  ['oxfmt', 'oxfmt'],
] as const;

function isCovered(root: string, tool: LintSettings['tools'][number], lint: LintSettings): boolean {
  if (tool === 'biome') return isPlainBiome(listFolderAndParents(root).map(readBiomeSettings).find(Boolean) ?? {});
  const { rules, packages, categories } = lint.own;
  return (
    (tool === 'eslint' || tool === 'oxlint') &&
    !categories &&
    packages.every((name) => stockPackages.test(name)) &&
    rules.every((name) => stockRules.has(name))
  );
}

/** Lint presets that new projects of Nest, Next and Adonis have. Generated files comply with them. */
const stockPackages =
  /^(@eslint\/js|@eslint\/eslintrc|eslint\/config|eslint:recommended|eslint-plugin-prettier\/recommended|eslint-config-prettier(\/flat)?|globals|typescript-eslint|eslint-config-next(\/[\w-]+)?|@adonisjs\/eslint-config(\/[\w-]+)?|next(\/[\w-]+)?)$/;
const stockRules = new Set([
  '@typescript-eslint/no-explicit-any',
  '@typescript-eslint/no-floating-promises',
  '@typescript-eslint/no-unsafe-argument',
  'prettier/prettier',
]);

function isPlainBiome(settings: ToolSettings): boolean {
  const { linter, formatter, assist, overrides, plugins } = settings as Record<string, ToolSettings | undefined>;
  const { recommended, preset = 'recommended', ...groups } = Object(linter?.rules);
  const isStock =
    recommended !== false &&
    preset === 'recommended' &&
    Object.keys(groups).length === 0 &&
    !overrides &&
    !plugins &&
    !assist;
  return isStock && !(Number(formatter?.lineWidth ?? 80) < 80);
}

const readSettings = ['singleQuote', 'semi', 'useTabs', 'tabWidth', 'trailingComma', 'endOfLine', '$schema'];
const withoutEffect = ['jsxSingleQuote', 'bracketSameLine', 'singleAttributePerLine', 'proseWrap', 'quoteProps'];

/**
 * Whether generated files comply with Prettier's settings: `gen` follows those that it reads, assumes the defaults of
 * all others, and keeps lines within 80 columns.
 */
function isPlainPrettier({ printWidth = 80, arrowParens, bracketSpacing, ...others }: ToolSettings): boolean {
  const isDefault = arrowParens !== 'avoid' && bracketSpacing !== false && !(Number(printWidth) < 80);
  return isDefault && Object.keys(others).every((name) => [...readSettings, ...withoutEffect].includes(name));
}
