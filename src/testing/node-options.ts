/** Node options that say how modules are found and loaded, and whether the next argument is their value. */
const ofModules: readonly { pattern: RegExp; takesValue: boolean }[] = [
  { pattern: /^(?:--import|--require|-r|--loader|--experimental-loader|--conditions|-C)$/, takesValue: true },
  { pattern: /^--env-file(?:-if-exists)?$/, takesValue: true },
  {
    pattern: /^--(?:import|require|loader|experimental-loader|conditions|env-file(?:-if-exists)?)=/,
    takesValue: false,
  },
  { pattern: /^--(?:no-)?(?:experimental-(?!test)|preserve-symlinks)[\w-]*(?:=|$)/, takesValue: false },
];

/**
 * Selects the Node options that another process needs to load the same modules. Options of a test runner, a debugger or
 * a script (`--test`, `--inspect-brk`, `-e`) are left out: with them it would run other code, or wait. Pure.
 */
export function selectModuleLoadingOptions(execArgv: readonly string[]): string[] {
  const kindAt = (n: number) => ofModules.find(({ pattern }) => pattern.test(execArgv[n] ?? ''));
  return execArgv.filter((_, n) => kindAt(n) !== undefined || kindAt(n - 1)?.takesValue);
}
