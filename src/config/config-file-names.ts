/** The endings of a config, in the order in which they are looked for. */
export const configExtensions = ['ts', 'mts', 'js', 'mjs', 'cjs'];

/** The same for a person to read. */
export const shownConfigNames = `cairnloop.config.{${configExtensions.join(',')}}`;

/**
 * Where a config may be, in the same order: at the root of the package, or in `src`, where it belongs when the host is
 * compiled from there.
 */
export const configFileNames = ['', 'src/'].flatMap((folder) =>
  configExtensions.map((extension) => `${folder}cairnloop.config.${extension}`),
);
