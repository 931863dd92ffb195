/**
 * A real Chromium for tests, from npm, so that nothing needs to be installed; CAIRNLOOP_TEST_CHROMIUM names another one.
 * One browser serves a whole run; each test gets a context of its own.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

const run = promisify(execFile);

let shared: Promise<Browser> | undefined;

/** The browser of this run, started by the first test that asks. */
export function sharedBrowser(): Promise<Browser> {
  shared ??= launch();
  return shared;
}

/** Called once by the root hook after the last test. */
export async function stopSharedBrowser(): Promise<void> {
  const browser = await shared?.catch(() => undefined);
  // A page that a failed test left in the middle of a navigation can keep the browser from closing.
  await Promise.race([browser?.close(), new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
}

/** A page that keeps what must not happen in it: errors, refused content, dialogs, requests to anywhere else. */
export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  /** Empty while all is well. */
  complaints: string[];
}

/** Opens a page of its own; `origin` is the only place it may ask anything of. */
export async function openPage(origin: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const browser = await sharedBrowser();
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A form that is refused gets 409 or 422: the browser says so, and it is what the page is for.
    const expected = /status of (?:409|422)/.test(message.text());
    if ((message.type() === 'error' || message.type() === 'warning') && !expected) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on('dialog', async (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`request: ${request.url()}`);
  });
  return { page, context, complaints };
}

/** As root, in a container, without a sandbox of its own; fonts look the same on every machine. */
const flags = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none', '--hide-scrollbars'];

async function launch(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const given = process.env.CAIRNLOOP_TEST_CHROMIUM;
  if (given) return chromium.launch({ executablePath: given, args: flags });
  const { folder, executablePath } = await unpackChromium();
  const fonts = { FONTCONFIG_FILE: fontConfig(folder) };
  try {
    return await chromium.launch({ executablePath, args: flags, env: { ...process.env, ...fonts } });
  } catch (error) {
    if (!/shared librar/.test(String(error))) throw launchError(error);
  }
  // A machine without NSS or NSPR: the package brings its own.
  const libraries = { LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib') };
  try {
    return await chromium.launch({ executablePath, args: flags, env: { ...process.env, ...fonts, ...libraries } });
  } catch (error) {
    throw launchError(error);
  }
}

/** The package's own settings look for its fonts in a folder of Amazon's; a browser without any font crashes. */
function fontConfig(folder: string): string {
  const file = path.join(folder, 'cairnloop-fonts.conf');
  const text = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${path.join(folder, 'fonts')}</dir><cachedir>${path.join(folder, 'fonts-cache')}</cachedir></fontconfig>
`;
  writeFileSync(file, text);
  return file;
}

function launchError(error: unknown): Error {
  const message =
    'Chromium from @sparticuz/chromium does not start on this machine. Install its libraries ' +
    '(Debian: apt-get install libnss3 libnspr4 libexpat1), or name another Chromium in CAIRNLOOP_TEST_CHROMIUM.';
  return new Error(message, { cause: error });
}

/** Unpacks the package once per version, into a folder that appears whole or not at all. */
async function unpackChromium(): Promise<{ folder: string; executablePath: string }> {
  const { version } = createRequire(import.meta.url)('../../node_modules/@sparticuz/chromium/package.json');
  const folder = path.join(tmpdir(), `cairnloop-chromium-${version}-${process.getuid?.() ?? 0}`);
  const executablePath = path.join(folder, 'chromium');
  if (existsSync(executablePath)) return { folder, executablePath };
  mkdirSync(path.dirname(folder), { recursive: true });
  const unpacking = mkdtempSync(`${folder}-`);
  // The package unpacks into TMPDIR, and its libraries only where it believes to be on Amazon's functions.
  const script = "import('@sparticuz/chromium').then((m) => m.default.executablePath())";
  const env = { ...process.env, TMPDIR: unpacking, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' };
  await run(process.execPath, ['--input-type=module', '-e', script], { env });
  try {
    renameSync(unpacking, folder);
  } catch (error) {
    rmSync(unpacking, { recursive: true, force: true });
    // Another process was first.
    if (!existsSync(executablePath)) throw error;
  }
  return { folder, executablePath };
}
