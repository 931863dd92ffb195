/** How a host names its files, and its tests, where the words of a name can be separated. */

/** `kind`: `user-profile.service.ts`, as Angular and Nest do. */
export const fileCases = ['kebab', 'kind', 'snake', 'camel', 'pascal', 'flat'] as const;
export type FileCase = (typeof fileCases)[number];

/** Converts a name such as `automation-policy` to the host's spelling of file names. */
export function inFileCase(kebab: string, fileCase: FileCase): string {
  const words = kebab.split('-');
  const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
  switch (fileCase) {
    case 'kebab':
      return kebab;
    case 'kind':
      return kebab.replace(/-(?=[^-]*$)/, '.');
    case 'snake':
      return words.join('_');
    case 'flat':
      return words.join('');
    case 'pascal':
      return words.map(capital).join('');
    case 'camel':
      return words.map((word, at) => (at === 0 ? word : capital(word))).join('');
  }
}

/** The case that the name of a file shows; undefined where it is one word, or of no case. */
export function fileCaseOf(fileName: string): FileCase | undefined {
  const name = fileName.replace(/\.[cm]?[jt]sx?$/, '').replace(/[._-](test|spec|e2e|e2e-spec|config|d|stories)$/, '');
  const [first = '', ...kinds] = name.split('.');
  if (kinds.length > 1) return undefined;
  if (kinds.length === 1) return /^[a-z\d]+(-[a-z\d]+)*$/.test(first) ? 'kind' : undefined;
  return shapes.find(([shape]) => shape.test(first))?.[1];
}

const shapes: readonly (readonly [RegExp, FileCase])[] = [
  [/^[a-z\d]+(-[a-z\d]+)+$/, 'kebab'],
  [/^[a-z\d]+(_[a-z\d]+)+$/, 'snake'],
  [/^[a-z\d]+([A-Z][a-z\d]*)+$/, 'camel'],
  [/^([A-Z][a-z\d]*)+$/, 'pascal'],
];
