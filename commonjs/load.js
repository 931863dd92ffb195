'use strict';

/**
 * Loads an ES module of this package for `require`. Jest keeps a module system of its own, which in CommonJS knows no
 * ES modules; there the package is loaded by Node itself, outside of the sandbox. Since Jest 30.5 the sandbox's `process`
 * leads to Jest's `node:module`; the one of the main context leads to Node's.
 */
module.exports = function load(file) {
  const { createRequire } = require('node:vm').runInThisContext('process').getBuiltinModule('node:module');
  return createRequire(__filename)(file);
};
