'use strict';

const file = '../dist/testing.js';
module.exports = process.env.JEST_WORKER_ID === undefined ? require('../dist/testing.js') : require('./load.js')(file);
