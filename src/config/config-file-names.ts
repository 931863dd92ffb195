/** The endings of a config, in the order in which they are looked for. */
export const configExtensions = ['ts', 'mts', 'js', 'mjs', 'cjs'];

/** The names a config may have, in the same order. */
export const configFileNames = configExtensions.map((extension) => `cairnloop.config.${extension}`);
