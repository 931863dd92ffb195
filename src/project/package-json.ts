/** What Cairnloop looks at in a package.json. */
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
}
