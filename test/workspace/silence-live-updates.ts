import type { Page, Route } from 'playwright-core';

const stream = /\/live(?:\?|$)/;
const thread = /\/c\/[^/?]+(?:\?|$)/;

/**
 * From the next navigation on the page of a thread learns nothing of what happens on the server: its stream stays silent
 * and its updates are empty. Routes set after loading do not catch the update that each page asks for when its stream
 * opens. Returns a function that lets the next update through.
 */
export async function hearNothing(page: Page): Promise<() => Promise<void>> {
  await page.route(stream, () => {});
  await page.route(thread, emptyUpdate);
  return () => page.unroute(thread, emptyUpdate);
}

function emptyUpdate(route: Route): Promise<void> {
  const request = route.request();
  const isUpdate = request.method() === 'GET' && request.resourceType() === 'fetch';
  return isUpdate ? route.fulfill({ status: 204 }) : route.fallback();
}
