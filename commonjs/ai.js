'use strict';

const file = '../dist/ai/index.js';
module.exports = process.env.JEST_WORKER_ID === undefined ? require('../dist/ai/index.js') : require('./load.js')(file);
