const documentedExtensions = ['ts', 'mts', 'js', 'mjs', 'cjs'];

/** File extensions of a config, in order of search. `.cts` is read if a host has it, but never proposed. */
export const configExtensions = [...documentedExtensions, 'cts'];

/** The names of config files as one pattern, for messages. */
export const configNamePattern = `cairnloop.config.{${documentedExtensions.join(',')}}`;

/** Paths of a config, in order of search: in the package's root, then in `src`, from where some hosts compile it. */
export const configFileNames = ['', 'src/'].flatMap((folder) =>
  configExtensions.map((extension) => `${folder}cairnloop.config.${extension}`),
);
