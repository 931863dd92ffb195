'use strict';

/**
 * Loads an ES module of this package for `require`. Jest keeps a module system of its own, which in CommonJS knows no
 * ES modules; there the package is loaded by Node itself, outside of the sandbox.
 */
module.exports = function load(file) {
  const { createRequire } = process.getBuiltinModule('node:module');
  return createRequire(__filename)(file);
};
