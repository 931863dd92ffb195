'use strict';

const file = '../dist/webhooks/index.js';
module.exports =
  process.env.JEST_WORKER_ID === undefined ? require('../dist/webhooks/index.js') : require('./load.js')(file);
