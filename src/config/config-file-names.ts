const documentedExtensions = ['ts', 'mts', 'js', 'mjs', 'cjs'];

/** Extensions of a config file, in order of search. `cts` is read where a host has it, and never proposed. */
export const configExtensions = [...documentedExtensions, 'cts'];

/** The names of config files as one pattern, for messages. */
export const shownConfigNames = `cairnloop.config.{${documentedExtensions.join(',')}}`;

/** Config paths in order of search: the package root, then `src`, for hosts that compile it from there. */
export const configFileNames = ['', 'src/'].flatMap((folder) =>
  configExtensions.map((extension) => `${folder}cairnloop.config.${extension}`),
);
