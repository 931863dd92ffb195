import { strict as assert } from 'node:assert';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { operator, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { hearNothing } from './silence-live-updates.js';
import { usePages } from './use-pages.js';

/** A key as a layout sends it: what it types, and where it lies on the keyboard. */
interface Key {
  key: string;
  code: string;
  /** 229: an input method took it. Default: the one of the place. */
  keyCode?: number;
  shift?: true;
  repeat?: true;
}

const shiftBit = 8;

/** Presses a key of any layout, as Playwright's own keyboard, which is a US one, cannot. */
async function pressOn(cdp: CDPSession, { key, code, keyCode, shift, repeat }: Key): Promise<void> {
  const event = {
    key,
    code,
    windowsVirtualKeyCode: keyCode ?? code.charCodeAt(code.length - 1),
    modifiers: shift ? shiftBit : 0,
    autoRepeat: repeat ?? false,
  };
  const isText = key.length === 1 && keyCode !== 229;
  await cdp.send('Input.dispatchKeyEvent', { ...event, type: 'keyDown', ...(isText && { text: key }) });
  await cdp.send('Input.dispatchKeyEvent', { ...event, type: 'keyUp' });
}

/** Longer than the rest that acting keys need, and than a question takes to be read. */
const rest = (page: Page) => page.waitForTimeout(1000);

describe('keys of other layouts and of input methods', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  async function openThread({ takeBackSeconds = 0 } = {}) {
    const host = await startHost({}, { worker: false });
    const { conversations, drafts } = host.cairnloop;
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    await drafts.propose(id, { type: 'reply', content: 'Drafted reply' });
    const repliesFolder = await mkdtemp(path.join(tmpdir(), 'cairnloop-replies-'));
    await writeFile(path.join(repliesFolder, 'fixed.md'), 'It is fixed');
    const page = await open(await serve(host, { takeBackSeconds, repliesFolder }), `/c/${id}`);
    const cdp = await page.context().newCDPSession(page);
    const press = (key: Key) => pressOn(cdp, key);
    const field = page.locator('#content');
    const notice = page.locator('#notice');
    const sent = async () =>
      ((await conversations.get(id)).messages ?? [])
        .filter(({ role, author }) => role === 'operator' && author?.id === operator.id)
        .map(({ content }) => content);
    const reload = async () => {
      await page.reload();
      await page.locator('html.scripted #composer').waitFor();
    };
    return { ...host, id, page, cdp, press, field, notice, sent, reload };
  }

  const [resolve, approve] = ['Resolve?', 'Approve & send?'];

  const asked: [layout: string, key: Key, question: string][] = [
    ['Russian', { key: 'у', code: 'KeyE' }, resolve],
    ['Russian', { key: 'ф', code: 'KeyA' }, approve],
    ['Greek', { key: 'ε', code: 'KeyE' }, resolve],
    ['Arabic', { key: 'ث', code: 'KeyE' }, resolve],
    ['Hebrew', { key: 'ק', code: 'KeyE' }, resolve],
    ['Korean', { key: 'ㄷ', code: 'KeyE' }, resolve],
    ['Dvorak', { key: 'e', code: 'KeyD' }, resolve],
    ['AZERTY', { key: 'a', code: 'KeyQ' }, approve],
    ['Caps Lock', { key: 'E', code: 'KeyE' }, resolve],
    ['Caps Lock on a Russian', { key: 'У', code: 'KeyE' }, resolve],
  ];

  it('a command is its letter where the layout has it, and its place where the layout has no Latin letters', async () => {
    const { press, page, notice, reload } = await openThread();
    for (const [layout, key, question] of asked) {
      await rest(page);
      await press(key);
      await notice
        .getByText(question)
        .waitFor({ timeout: 5_000 })
        .catch(() => assert.fail(`${layout}: ${key.key}`));
      await reload();
    }
  });

  const without: [what: string, key: Key][] = [
    ['a sign of Dvorak where e lies elsewhere', { key: '.', code: 'KeyE' }],
    ['the q of AZERTY where a lies elsewhere', { key: 'q', code: 'KeyA' }],
    ['an umlaut', { key: 'ä', code: 'KeyA' }],
    ['a Polish letter', { key: 'ę', code: 'KeyE' }],
    ['Shift and the letter', { key: 'E', code: 'KeyE', shift: true }],
    ['Shift and the letter with Caps Lock', { key: 'e', code: 'KeyE', shift: true }],
    ['Shift and a Russian letter', { key: 'У', code: 'KeyE', shift: true }],
    ['a dead key', { key: 'Dead', code: 'KeyE' }],
    ['a key that an input method took', { key: 'Process', code: 'KeyE', keyCode: 229 }],
    ['one whose letter the browser tells', { key: 'e', code: 'KeyE', keyCode: 229 }],
    ['one of a screen keyboard', { key: 'Unidentified', code: '', keyCode: 229 }],
    ['a held key', { key: 'e', code: 'KeyE', repeat: true }],
  ];

  it('no other key is a command', async () => {
    const { press, page, notice, reload } = await openThread();
    for (const [what, key] of without) {
      await rest(page);
      await press(key);
      await page.waitForTimeout(100);
      assert.equal((await notice.textContent())?.trim(), '', what);
      await reload();
    }
  });

  it('AltGr makes signs, and no commands', async () => {
    const { page, notice } = await openThread();
    await rest(page);
    await page.evaluate(`(${altGraph})('e')`);
    assert.equal((await notice.textContent())?.trim(), '');
  });

  it('what a browser fills in by itself is no key', async () => {
    const { page } = await openThread();
    // As Chromium tells of it: without a key.
    await page.evaluate("document.activeElement.dispatchEvent(new Event('keydown', { bubbles: true }))");
  });

  it('OA1 what an input method composes are words: a letter behind it does nothing', async () => {
    for (const key of ['Process', 'Dead']) {
      const { press, page, notice } = await openThread();
      await rest(page);
      await press({ key, code: 'KeyS', keyCode: 229 });
      await rest(page);
      await press({ key: 'e', code: 'KeyE' });
      await page.waitForTimeout(100);
      assert.equal((await notice.textContent())?.trim(), '', key);
    }
  });

  it('OA1 while a text is composed, Ctrl+Enter does not send it, and Escape leaves only the composition', async () => {
    const { page, cdp, field, sent } = await openThread();
    await field.focus();
    await cdp.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
    await page.keyboard.press('Control+Enter');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate('document.activeElement.id'), 'content');
    await cdp.send('Input.insertText', { text: '日本' });
    assert.deepEqual(await sent(), []);
    await page.keyboard.press('Control+Enter');
    await page.locator('.message[data-own]', { hasText: '日本' }).waitFor();
    assert.deepEqual(await sent(), ['日本']);
  });

  it('a composed key chooses no saved reply', async () => {
    const { page, press, field } = await openThread();
    await field.pressSequentially('/');
    await page.locator('#reply-picker').waitFor();
    await press({ key: 'Enter', code: 'Enter', keyCode: 229 });
    assert.equal((await field.inputValue()).trim(), '/');
  });

  it('the keys with Ctrl are found on a Russian keyboard, and with Caps Lock', async () => {
    const { page, cdp, field } = await openThread({ takeBackSeconds: 60 });
    const control = async (key: string, code: string) => {
      const event = { key, code, windowsVirtualKeyCode: code.charCodeAt(3), modifiers: 2 };
      for (const type of ['rawKeyDown', 'keyUp'] as const) await cdp.send('Input.dispatchKeyEvent', { ...event, type });
    };
    for (const [k, z] of [
      ['л', 'я'],
      ['K', 'Z'],
    ] as const) {
      await page.evaluate('document.activeElement.blur()');
      await control(k, 'KeyK');
      await page.locator('.search input:focus').waitFor();
      await field.fill('Too soon');
      await field.press('Control+Enter');
      await page.locator('#pending').getByText('Too soon').waitFor();
      await control(z, 'KeyZ');
      await page.locator('#notice').getByText('Taken back').waitFor();
      assert.equal(await field.inputValue(), 'Too soon');
    }
  });

  it('a key that is held types nothing into the field to which it led', async () => {
    const { page, field } = await openThread();
    const hold = async (key: string, until: string) => {
      await rest(page);
      await page.keyboard.down(key);
      await page.locator(until).waitFor();
      for (let n = 0; n < 3; n += 1) await page.keyboard.down(key);
      await page.keyboard.up(key);
    };
    await hold('r', '#content:focus');
    assert.equal(await field.inputValue(), '');
    // Held in the field itself, it types.
    for (let n = 0; n < 3; n += 1) await page.keyboard.down('r');
    await page.keyboard.up('r');
    assert.equal(await field.inputValue(), 'rrr');
    await field.fill('');
    await page.keyboard.press('Escape');
    await hold('/', '.search input:focus');
    assert.equal(await page.locator('.search input').inputValue(), '');
    await page.keyboard.press('Escape');
    await page.waitForTimeout(2500);
    await hold('w', 'html.scripted .composer-edit #content:focus');
    assert.equal(await field.inputValue(), 'Drafted reply');
  });

  for (const where of ['#content', '.composer-send'])
    it(`OA5 Enter that is held on ${where} does not go past the warning that it has caused`, async () => {
      const { cairnloop, id, page, field, notice, sent, reload } = await openThread();
      await hearNothing(page);
      await reload();
      await field.fill('It is fixed');
      await cairnloop.conversations.receive(id, { content: 'Wait, stop!' });
      await page.locator(where).focus();
      await page.waitForTimeout(3200);
      if (where === '#content') await page.keyboard.down('Control');
      await page.keyboard.down('Enter');
      await notice.getByText('1 new message since you opened this conversation.').waitFor();
      for (let n = 0; n < 4; n += 1) {
        await page.keyboard.down('Enter');
        await page.waitForTimeout(200);
      }
      await page.keyboard.up('Enter');
      assert.deepEqual([await sent(), await field.inputValue()], [[], 'It is fixed']);
    });
});

/** An AltGr key as Linux and Windows tell of it; no keyboard of Chromium's protocol can hold AltGr. */
const altGraph = `(key) => document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', { key, code: 'KeyE', modifierAltGraph: true, bubbles: true, cancelable: true }))`;
