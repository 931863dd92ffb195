import { stopSharedBrowser } from './browser.js';
import { stopSharedServer } from './database.js';

/** What mocha runs once after all test files. A worker of `mocha --parallel` has its own server, which ends with it. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopSharedBrowser();
  await stopSharedServer();
}
