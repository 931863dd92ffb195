/** Makes docs/screenshots/demo.png, the picture of README, of what `cairnloop demo` shows: `npm run screenshots`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openPage, stopSharedBrowser } from '../support/browser.js';
import { bin } from '../support/run-cli.js';

const picture = fileURLToPath(new URL('../../docs/screenshots/demo.png', import.meta.url));

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'cairnloop-picture-')));
// Run by root, Postgres has a user of its own, who may enter here.
chmodSync(folder, 0o755);
const demo = spawn(process.execPath, [bin, 'demo', '--port', '0', '--ops-port', '0'], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const { origin } = new URL(await workspaceAddress());
  const { page } = await openPage(origin, { viewport: { width: 1280, height: 720 }, colorScheme: 'light' });
  await page.goto('/');
  await page.locator('html.scripted').waitFor();
  await page.getByRole('link', { name: 'Invoice total looks wrong' }).first().click();
  await page.getByRole('button', { name: 'Approve & send' }).waitFor();
  await page.screenshot({ path: picture });
} finally {
  await stopSharedBrowser();
  demo.kill('SIGINT');
  await once(demo, 'exit');
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function workspaceAddress(): Promise<string> {
  for await (const line of createInterface(demo.stdout)) {
    const [, address] = /^Workspace +(\S+)/.exec(line) ?? [];
    if (address) return address;
  }
  throw new Error('the demo ended before it served its workspace');
}
