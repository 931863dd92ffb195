import { strict as assert } from 'node:assert';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage, type WatchedPage } from '../support/browser.js';
import type { ServedWorkspace } from './served-workspace.js';

/**
 * To be called in a `describe`, before what starts hosts: opens pages of a workspace with their script running. They are
 * closed after each test, and nothing may have gone wrong in them.
 */
export function usePages(): (
  workspace: ServedWorkspace,
  path: string,
  options?: BrowserContextOptions,
) => Promise<Page> {
  const opened: WatchedPage[] = [];
  afterEach(async () => {
    for (const { context, complaints } of opened.splice(0)) {
      await context.close();
      // The browser reports a connection that a test has cut.
      assert.deepEqual(
        complaints.filter((one) => !one.includes('ERR_CONNECTION_RESET')),
        [],
      );
    }
  });
  return async (workspace, path, options = {}) => {
    const watched = await openPage(workspace.origin, options);
    opened.push(watched);
    await watched.page.goto(workspace.url(path));
    if (options.javaScriptEnabled !== false) await watched.page.locator('html.scripted').waitFor();
    return watched.page;
  };
}
