import { stopSharedBrowser } from './browser.js';
import { stopSharedServer } from './database.js';

/** What mocha runs once around all test files. */
export const mochaHooks = {
  afterAll: async () => {
    await stopSharedBrowser();
    await stopSharedServer();
  },
};
