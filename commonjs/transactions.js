'use strict';

const file = '../dist/transactions.js';
module.exports =
  process.env.JEST_WORKER_ID === undefined ? require('../dist/transactions.js') : require('./load.js')(file);
