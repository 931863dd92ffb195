/** The case of a host's file names: how the words of a name are separated. */

/** The cases of file names. `kind` means `user-profile.service.ts`, as in Angular and Nest. */
export const fileNameCases = ['kebab', 'kind', 'snake', 'camel', 'pascal', 'flat'] as const;
export type FileNameCase = (typeof fileNameCases)[number];

/** Converts a name such as `automation-policy` to the given case. */
export function toFileNameCase(kebab: string, fileCase: FileNameCase): string {
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

/** Recognises the case of a file name; undefined for a name of one word, or in none of these cases. */
export function detectFileNameCase(fileName: string): FileNameCase | undefined {
  const name = fileName.replace(/\.[cm]?[jt]sx?$/, '').replace(/[._-](test|spec|e2e|e2e-spec|config|d|stories)$/, '');
  const [first = '', ...kinds] = name.split('.');
  if (kinds.length > 1) return undefined;
  if (kinds.length === 1) return /^[a-z\d]+(-[a-z\d]+)*$/.test(first) ? 'kind' : undefined;
  return shapes.find(([shape]) => shape.test(first))?.[1];
}

const shapes: readonly (readonly [RegExp, FileNameCase])[] = [
  [/^[a-z\d]+(-[a-z\d]+)+$/, 'kebab'],
  [/^[a-z\d]+(_[a-z\d]+)+$/, 'snake'],
  [/^[a-z\d]+([A-Z][a-z\d]*)+$/, 'camel'],
  [/^([A-Z][a-z\d]*)+$/, 'pascal'],
];
