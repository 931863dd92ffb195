import { stopSharedServer } from './database.js';

/** What mocha runs once around all test files. */
export const mochaHooks = {
  afterAll: stopSharedServer,
};
