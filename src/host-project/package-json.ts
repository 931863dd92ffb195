/** The fields of a package.json that Cairnloop reads. */
export interface PackageJson {
  name?: string;
  type?: string;
  private?: boolean;
  packageManager?: string;
  workspaces?: string[] | { packages?: string[] };
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  prettier?: unknown;
  jest?: { testRegex?: string | string[] };
  mocha?: unknown;
  ava?: unknown;
  tap?: unknown;
}

/** Whether a package.json only sets the module type of its folder, such as `{ "type": "module" }` in `src`. */
export function isModuleTypeOnlyPackageJson(json: PackageJson): boolean {
  const { name, scripts, workspaces, dependencies, devDependencies, peerDependencies } = json;
  return [name, scripts, workspaces, dependencies, devDependencies, peerDependencies].every((value) => !value);
}
