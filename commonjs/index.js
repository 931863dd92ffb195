'use strict';

const file = '../dist/index.js';
module.exports = process.env.JEST_WORKER_ID === undefined ? require('../dist/index.js') : require('./load.js')(file);
