/** Extensions of a config file, in order of search. */
export const configExtensions = ['ts', 'mts', 'js', 'mjs', 'cjs'];

/** The names of config files as one pattern, for messages. */
export const shownConfigNames = `cairnloop.config.{${configExtensions.join(',')}}`;

/** Config paths in order of search: the package root, then `src`, for hosts that compile it from there. */
export const configFileNames = ['', 'src/'].flatMap((folder) =>
  configExtensions.map((extension) => `${folder}cairnloop.config.${extension}`),
);
