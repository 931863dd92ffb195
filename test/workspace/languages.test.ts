import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { germanTexts } from '../../src/workspace/strings/de/index.js';
import { englishTexts } from '../../src/workspace/strings/en/index.js';
import { pageScriptTextKeys } from '../../src/workspace/strings/strings.js';
import { openPage } from '../support/browser.js';
import { operator, policies, type StartedHost, useHosts } from '../support/started-host.js';
import { savedRepliesFolder, startEveryView, type View } from './every-view.js';
import { serveWorkspace, textOf, useWorkspaces } from './served-workspace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Data without a Latin letter, so that what has one comes from the package. */
const cyrillic = (text: string) =>
  text.replace(/https?:\S+|[a-z]/gi, (found) =>
    found.length > 1 ? found : String.fromCharCode((found < 'a' ? 0x410 - 65 : 0x430 - 97) + found.charCodeAt(0)),
  );

/** Every text between brackets, so that a text which is not replaced stands outside of them. */
const bracketed = Object.fromEntries(Object.entries(englishTexts).map(([key, text]) => [key, `⟦${text}⟧`]));

describe('the languages of the workspace', () => {
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  it('are English and German, as the browser asks, each with its dates and numbers', async () => {
    const host = await startHost({}, { worker: false });
    const { id } = await host.cairnloop.conversations.open({ actorId: 'c-1', message: 'Hello' });
    const workspace = await serve(host);
    const asked: [header: string, lang: string, text: string][] = [
      ['de-AT,de;q=0.9,en;q=0.8', 'de-AT', 'Antwort senden'],
      ['fr, de;q=0.5, en;q=0.4', 'de', 'Antwort senden'],
      ['en-US', 'en-US', 'Send reply'],
      ['fr', 'en-GB', 'Send reply'],
      ['*;q=x,,;;=, de;q=0', 'en-GB', 'Send reply'],
      ['<script>', 'en-GB', 'Send reply'],
    ];
    for (const [header, lang, text] of asked) {
      const answer = await workspace.get(`/c/${id}`, { 'accept-language': header });
      assert.ok(answer.text.includes(`<html lang="${lang}" dir="ltr"`), header);
      assert.ok(answer.text.includes(`>${text}<`), header);
    }
    const month = new Intl.DateTimeFormat('de', { weekday: 'long', timeZone: 'UTC' }).format(new Date());
    assert.ok((await workspace.get(`/c/${id}`, { 'accept-language': 'de' })).text.includes(month));
  });

  it('name the keys as they are labelled', async () => {
    const workspace = await serve(await startHost({}, { worker: false }));
    const keysIn = async (language: string) => {
      const { text } = await workspace.get('/', { 'accept-language': language });
      const [, help = ''] = /<dialog id="help"([\s\S]*?)<\/dialog>/.exec(text) ?? [];
      return new Set([...help.matchAll(/<kbd>(\w{2,})<\/kbd>/g)].map(([, key]) => key));
    };
    assert.deepEqual(await keysIn('de'), new Set(['Eingabe', 'Esc', 'Strg']));
    assert.deepEqual(await keysIn('en'), new Set(['Enter', 'Esc', 'Ctrl']));
  });

  it('are chosen by the host where it names one, and any text is the host’s to replace', async () => {
    const host = await startHost({}, { worker: false });
    const workspace = await serve(host, { strings: { locale: 'de', viewInbox: 'Post', selected_one: '1 Fall' } });
    const { text } = await workspace.get('/', { 'accept-language': 'en' });
    assert.match(text, /<html lang="de"/);
    assert.match(text, /<h1>Post<\/h1>/);
    assert.match(text, />Protokoll</);
  });

  it('hold for pages without a session, and for refusals', async () => {
    const host = await startHost({}, { worker: false });
    const headers = { accept: 'text/html', 'accept-language': 'de' };
    const signedOut = await (await serve(host, { operator: () => null, signInUrl: '/login' })).get('/', headers);
    assert.match(signedOut.text, /<html lang="de" dir="ltr">/);
    assert.match(signedOut.text, /Melden Sie sich zuerst in der Anwendung als Bearbeiter an\./);
    const foreign = await (await serve(host)).post(
      '/theme',
      {},
      { 'accept-language': 'de', origin: 'https://elsewhere.example' },
    );
    assert.match(foreign.text, /^Es wurde nichts geändert/);
    const missing = await (await serve(host)).get('/nowhere', headers);
    assert.match(missing.text, /Diese Seite gibt es nicht/);
  });

  it('hold for what other parts of the package say: system lines, refused input and SLA terms', async () => {
    const terms = { priority: 'normal', responseMinutes: 60, breachMinutes: 30 };
    const host = await startHost({ slaPolicyProvider: policies(terms) }, { worker: false });
    const { conversations } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', message: 'Hallo' });
    await conversations.resolve(id, { resolvedBy: operator });
    await conversations.reopen(id, { actor: operator });
    const workspace = await serve(host, { strings: { locale: 'de' } });
    assert.match(textOf((await workspace.get(`/c/${id}`)).text), /Anfrage gelöst durch Ada .*Anfrage wieder geöffnet/);
    const blank = await workspace.post(`/c/${id}/compose`, {
      mode: 'reply',
      content: ' ',
      ...(await workspace.seen(id)),
    });
    assert.match(textOf(blank.text), /Nachricht: gefunden wurde ein leerer Text/);
    const tags = await workspace.post('/bulk/tag', { id, tags: ' , ' });
    assert.match(textOf(tags.text), /Schlagwörter: gefunden wurde nichts/);
    const sla = textOf((await workspace.get('/sla')).text);
    assert.match(sla, /breachMinutes: erwartet wird mindestens responseMinutes \(60\), gefunden wurde 30/);
  });

  it('have a form for each plural of a language that the host brings along', async () => {
    const host = await startHost({}, { worker: false });
    const strings = { locale: 'ar', bulkTo_few: 'few {count}', bulkTo_two: 'two', bulkTo_other: 'other {count}' };
    const ids = await Promise.all(
      Array.from({ length: 11 }, async () => (await host.cairnloop.conversations.open({ actorId: 'c' })).id),
    );
    const workspace = await serve(host, { strings });
    const heading = async (count: number) =>
      (
        await workspace.get(
          `/bulk?${ids
            .slice(0, count)
            .map((id) => `id=${id}`)
            .join('&')}`,
        )
      ).text;
    assert.match(await heading(2), />two</);
    assert.match(await heading(3), />few /);
    assert.match(await heading(11), />other /);
  });

  for (const [strings, word] of [
    [{ viewInbx: 'x' }, 'did you mean "viewInbox"'],
    [{ viewInbox: 5 }, 'strings.viewInbox'],
    [{ viewInbox: ' ' }, 'strings.viewInbox'],
    [{ locale: 'not a locale' }, 'strings.locale'],
    [['x'], 'strings'],
  ] as const) {
    it(`refuse ${JSON.stringify(strings)} as strings`, async () => {
      const { cairnloop } = await startHost({}, { worker: false });
      assert.throws(
        () => cairnloop.workspace({ basePath: '/support', strings } as never),
        (error: Error) =>
          (error as never as { code: string }).code === 'MOUNT_OPTION_INVALID' && error.message.includes(word),
      );
    });
  }

  it('have a German text for each English one, with the same values to fill in', () => {
    const valuesIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
    for (const [key, text] of Object.entries(englishTexts)) {
      assert.ok(germanTexts[key as keyof typeof germanTexts].trim(), key);
      assert.deepEqual(valuesIn(germanTexts[key as keyof typeof germanTexts]), valuesIn(text), key);
    }
    assert.deepEqual(Object.keys(germanTexts).sort(), Object.keys(englishTexts).sort());
  });

  it('hold each text that is used, and no other', () => {
    const sources = [...sourcesIn('src/workspace'), ...sourcesIn('assets/workspace')].join('\n');
    const scripts = sourcesIn('assets/workspace').join('\n');
    const isUsed = (key: string) =>
      [key, key.replace(/_(?:one|other)$/, '')].some((name) => sources.includes(`'${name}'`)) ||
      /^(?:sending|resolving)(?:In|Now|Overdue)$/.test(key);
    assert.deepEqual(
      Object.keys(englishTexts).filter((key) => !isUsed(key)),
      [],
    );
    const said = [...scripts.matchAll(/\bt(?:Count)?\(\s*'(\w+)'/g)].map(([, key = '']) => key);
    assert.ok(said.length > 30);
    assert.deepEqual(
      said.filter((key) => !pageScriptTextKeys.includes(key) && !pageScriptTextKeys.includes(`${key}_other`)),
      [],
    );
  });

  it('are all that the page’s script says: no text stands in it', () => {
    for (const source of sourcesIn('assets/workspace')) {
      const code = source.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
      const sentences = [...code.matchAll(/'(?:[^'\\\n]|\\.)*'|`[^`]*`/g)]
        .map(([text]) => text.replace(/\$\{[^}]*\}/g, '').slice(1, -1))
        .filter((text) => !/^[.#[]/.test(text) && /[A-Z][a-z]+ [a-z]+|[a-z]{2} [a-z]{2,} [a-z]{2}/.test(text));
      assert.deepEqual(sentences, []);
    }
  });
});

describe('a page of the workspace in a language that runs from right to left', () => {
  let host: StartedHost;
  let views: View[];
  let workspace: Awaited<ReturnType<typeof serveWorkspace>>;
  before(async function () {
    this.timeout(120_000);
    ({ host, views } = await startEveryView(cyrillic));
    workspace = await serveWorkspace(host, {
      title: 'Ωμέγα',
      operator: () => ({ id: 'op-7', name: cyrillic('Ada') }),
      repliesFolder: await savedRepliesFolder(cyrillic),
      strings: { locale: 'he', ...bracketed },
    });
  });
  after(async () => {
    await workspace.close();
    await host.cairnloop.close();
    await host.database.drop();
  });

  for (const javaScriptEnabled of [true, false]) {
    it(`says nothing that is not in the strings, in any state, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async function () {
      this.timeout(180_000);
      const outside: Record<string, string[]> = {};
      const { page, context } = await openPage(workspace.origin, { javaScriptEnabled });
      for (const view of views) {
        await page.goto('about:blank');
        await page.goto(workspace.url(view.path));
        if (javaScriptEnabled) await page.locator('html.scripted').waitFor();
        if (view.act && javaScriptEnabled) await page.evaluate(view.act);
        const missing = await textOutside(page);
        if (missing.length > 0) outside[view.name] = missing;
      }
      assert.deepEqual(outside, {});
      await context.close();
    });
  }

  it('lays its regions out from right to left, and scrolls nowhere sideways', async function () {
    this.timeout(180_000);
    for (const width of [360, 768, 1280]) {
      const { page, context } = await openPage(workspace.origin, { viewport: { width, height: 800 } });
      for (const { name, path } of views.filter(({ name }) =>
        /^(?:inbox|thread-draft|report|deliveries|help)$/.test(name),
      )) {
        await page.goto(workspace.url(path));
        await page.locator('html.scripted').waitFor();
        assert.deepEqual(await widerThanScreen(page), [], `${name} ${width}`);
        if (name === 'thread-draft' && width === 1280) {
          const queue = await page.locator('.queue').boundingBox();
          assert.ok(queue && queue.x > width / 2);
        }
      }
      await context.close();
    }
  });

  it('has the offer of new messages in the middle, and arrows that point along the text', async () => {
    const { path: thread } = views.find(({ name }) => name === 'thread-draft') ?? assert.fail();
    const { page, context } = await openPage(workspace.origin, { viewport: { width: 720, height: 800 } });
    const middleOf = async (selector: string) => {
      const box = await page.locator(selector).boundingBox();
      assert.ok(box, selector);
      return Math.round(box.x + box.width / 2);
    };
    /** 1 as it is drawn, -1 mirrored; each once. */
    const turned = (selector: string) =>
      page.evaluate(`[...new Set([...document.querySelectorAll(${JSON.stringify(selector)})]
        .filter((icon) => icon.checkVisibility()).map((icon) => Math.sign(icon.getScreenCTM().a)))]`);
    const arrows = '.rail-open .icon, .mode .icon-directed, .composer-send .icon';
    const show = async (served: typeof workspace) => {
      await page.goto(served.url(thread));
      await page.locator('html.scripted').waitFor();
      await page.evaluate(`document.getElementById('jump').hidden = false`);
    };
    await show(workspace);
    assert.equal(await middleOf('#jump'), await middleOf('.messages-area'));
    assert.deepEqual(await turned(arrows), [-1]);
    assert.deepEqual(await turned('#edit-owner .icon'), [1]);
    const leftToRight = await serveWorkspace(host);
    await show(leftToRight);
    assert.equal(await middleOf('#jump'), await middleOf('.messages-area'));
    assert.deepEqual(await turned(arrows), [1]);
    await context.close();
    await leftToRight.close();
  });
});

/** What makes a page scroll sideways, with where it ends. */
function widerThanScreen(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll('body *')]
      .map((one) => [one, one.getBoundingClientRect()])
      .filter(([, { left, right, width }]) => width > 1 && (left < -1 || right > innerWidth + 1))
      .map(([one, { left, right }]) => one.tagName + '.' + one.getAttribute('class') + ' ' + left + '..' + right);
  })()`);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:tsx?|js)$/.test(file) && !file.startsWith('strings/'))
    .map((file) => readFileSync(path.join(root, folder, file), 'utf8'));
}

/** Latin words outside the brackets: in texts, which may be cut by elements, and in what is told of elements. */
function textOutside(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const data = 'pre, code, kbd, script, style, svg, template, datalist';
    const isText = (text) => /[a-z]{2}/i.test(text.replace(/UTC|\\{\\{\\S+\\}\\}|^\\s*gone\\s*$|\\S+@\\S+|https?:\\S+|example\\.com\\S*/g, ''));
    const found = [];
    const outsideOf = (text) => {
      for (let before = null; before !== text; ) [before, text] = [text, text.replace(/⟦[^⟦⟧]*⟧/g, '')];
      return text;
    };
    let depth = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      let outside = '';
      for (const character of node.data) {
        if (character === '⟦') depth += 1;
        if (depth === 0) outside += character;
        if (character === '⟧') depth -= 1;
      }
      if (!node.parentElement.closest(data) && isText(outside)) found.push(outside.trim());
    }
    for (const one of document.querySelectorAll('[title], [aria-label], [placeholder], [data-label]')) {
      if (one.closest('bdi')) continue;
      for (const name of ['title', 'aria-label', 'placeholder', 'data-label']) {
        const text = one.getAttribute(name) ?? '';
        if (!/^op-|@|^gone$/.test(text) && isText(outsideOf(text))) found.push(name + ': ' + text);
      }
    }
    return [...new Set([...found, ...(isText(outsideOf(document.title)) ? [document.title] : [])])];
  })()`);
}
