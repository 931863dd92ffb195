import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { toSafeHref } from '../../src/context/safe-href.js';
import { splitAtLinks } from '../../src/context/split-at-links.js';
import { formatLongDuration, formatShortDuration, slaClockTone } from '../../src/workspace/clock-state.js';
import { readReturnPathFromForm } from '../../src/workspace/handler.js';
import type { SlaClock } from '../../src/workspace/model.js';
import { pageScriptTextsJson } from '../../src/workspace/translate.js';
import { auditActionTexts } from '../../src/workspace/views/audit-action-names.js';
import { iconPaths } from '../../src/workspace/views/icon-paths.js';
import { diffWords } from '../../src/workspace/word-diff.js';
import { sourceFiles } from '../support/source-files.js';

const require = createRequire(import.meta.url);

const sourcesUnder = (folder: string) => sourceFiles().filter(({ path }) => path.startsWith(`${folder}/`));

describe('the imports of the workspace', () => {
  it('TL5 read no telemetry: nothing of it imports any, or listens on a diagnostics channel', () => {
    const sources = sourcesUnder('workspace');
    assert.ok(sources.length > 40);
    for (const { path: file, text } of sources) {
      const imports = [...text.matchAll(/from '([^']+)'|import\('([^']+)'\)/g)].map(([, one, other]) => one ?? other);
      for (const name of imports) assert.doesNotMatch(name ?? '', /telemetry|diagnostics_channel|metrics/, file);
      assert.doesNotMatch(text, /runtime\.(?:telemetry|metrics)/, file);
    }
  });
});

describe('a clock', () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes));
  const clock = (more: Partial<SlaClock> = {}): SlaClock => ({
    priority: 'high',
    status: 'active',
    startedAt: at(0),
    responseDueAt: at(60),
    breachAt: at(240),
    pausedAt: null,
    completedAt: null,
    ...more,
  });

  it('is unmarked until a quarter of its time is left, then marked, then breached, also before a worker records the breach', () => {
    assert.equal(slaClockTone(clock(), at(0)), 'calm');
    assert.equal(slaClockTone(clock(), at(180)), 'calm');
    assert.equal(slaClockTone(clock(), at(181)), 'soon');
    assert.equal(slaClockTone(clock(), at(240)), 'breached');
    assert.equal(slaClockTone(clock({ status: 'breached' }), at(1)), 'breached');
    assert.equal(slaClockTone(clock({ pausedAt: at(1) }), at(500)), 'paused');
    assert.equal(slaClockTone(clock({ status: 'fulfilled' }), at(500)), 'met');
  });

  it('formats durations short and in words, the same in the page’s script', async () => {
    const scripted = await import('../../assets/workspace/times.js' as string);
    const page = {
      documentElement: { lang: 'en-GB' },
      getElementById: () => ({ dataset: { texts: pageScriptTextsJson() } }),
    };
    Object.assign(globalThis, { document: page });
    const told: [seconds: number, short: string, words: string][] = [
      [-5, '0s', '0 seconds'],
      [1, '1s', '1 second'],
      [59.4, '59s', '59 seconds'],
      [60, '1m', '1 minute'],
      [3599, '59m', '59 minutes'],
      [3600, '1h 00m', '1 hour'],
      [3660, '1h 01m', '1 h 1 min'],
      [13_800, '3h 50m', '3 h 50 min'],
      [86_399, '23h 59m', '23 h 59 min'],
      [86_400, '1d 0h', '1 day'],
      [90_000, '1d 1h', '1 day 1 h'],
      [864_000, '10d 0h', '10 days'],
    ];
    for (const [seconds, short, words] of told) {
      assert.equal(formatShortDuration(seconds * 1000), short);
      assert.equal(scripted.shortSpan(seconds * 1000), short);
      assert.equal(formatLongDuration(seconds * 1000), words);
      assert.equal(scripted.spanInWords(seconds * 1000), words);
    }
    Reflect.deleteProperty(globalThis, 'document');
  });
});

describe('a link', () => {
  const safe = ['https://example.com', 'http://[::1]:8080/a', 'mailto:ada@example.com', 'HTTPS://EXAMPLE.COM/A'];
  const unsafe = [
    'javascript:alert(1)',
    'java\tscript:alert(1)',
    '\u0001javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//example.com',
    'https://',
    'https:example.com',
    'https://user:pass@example.com',
    'https://exa\u202Emple.com',
    'https://example.com/"onclick="x',
    `https://example.com/${'a'.repeat(2000)}`,
    ' https://example.com',
  ];
  for (const text of safe) it(`is made of ${text}`, () => assert.ok(toSafeHref(text)));
  for (const text of unsafe)
    it(`is not made of ${JSON.stringify(text.slice(0, 60))}`, () => assert.equal(toSafeHref(text), undefined));

  it('ends before the punctuation of its sentence, and loses no character of the text', () => {
    const text = 'See (https://example.com/a_(b)?c=1), or https://example.com/d. Bye https://';
    const parts = splitAtLinks(text);
    assert.equal(parts.map((part) => part.text).join(''), text);
    assert.deepEqual(
      parts.filter((part) => part.href).map((part) => part.text),
      ['https://example.com/a_(b)?c=1', 'https://example.com/d'],
    );
  });

  it('is limited in number in a text that consists of links', () => {
    const parts = splitAtLinks('https://e.example '.repeat(5000));
    assert.ok(parts.length < 500);
    assert.equal(parts.map((part) => part.text).join('').length, 'https://e.example '.length * 5000);
  });
});

describe('a comparison of texts', () => {
  it('keeps every character of both', () => {
    const [before, after] = ['One two  three.\nFour', 'One 2 three!\nFour five'];
    const parts = diffWords(before, after) ?? [];
    const side = (left: string) =>
      parts
        .filter(({ kind }) => kind !== left)
        .map(({ text }) => text)
        .join('');
    assert.equal(side('added'), before);
    assert.equal(side('removed'), after);
  });

  it('merges adjacent changed words into one change', () => {
    assert.deepEqual(diffWords('within the hour.\nBye', 'within two hours.\nBye now'), [
      { kind: 'same', text: 'within ' },
      { kind: 'removed', text: 'the hour' },
      { kind: 'added', text: 'two hours' },
      { kind: 'same', text: '.\nBye' },
      { kind: 'added', text: ' now' },
    ]);
  });

  it('is skipped for texts that are too long', () => {
    assert.equal(diffWords('a '.repeat(20_000), 'b'), null);
  });
});

describe('a return address', () => {
  const back = (path: string) =>
    readReturnPathFromForm({ text: () => path, all: () => [path], names: [] }, '/fallback');
  it('is a page below the mount and nothing else', () => {
    for (const path of ['/', '/c/1?filter=open', '/deliveries?state=discarded&cursor=a%3D'])
      assert.equal(back(path), path);
    for (const path of ['', 'c', '//evil', '/\\evil', 'https://evil', '/a\nb', '/<x>'])
      assert.equal(back(path), '/fallback');
    for (const path of [
      '/..//evil',
      '/../admin',
      '/c/../../x',
      '/.%2e/x',
      '/%2E%2e//evil',
      '/c//evil',
      '/./x',
      '/%5Cevil',
    ])
      assert.equal(back(path), '/fallback');
  });
});

describe('the labels of audit actions', () => {
  it('exist for every action that a statement writes', () => {
    const written = new Set<string>();
    for (const folder of ['conversations', 'drafts', 'outbound', 'sla', 'deliveries', 'worker']) {
      for (const { text } of sourcesUnder(folder)) {
        for (const [, field] of text.matchAll(/\baction(?:Sql)?: ([^\n]*)/g)) {
          for (const [, action] of (field ?? '').matchAll(
            /'((?:conversation|message|draft|outbound|sla|delivery)\.[a-z_]+)'/g,
          )) {
            written.add(action ?? '');
          }
        }
      }
    }
    assert.ok(written.size > 15, `${written.size} actions found`);
    assert.deepEqual(
      [...written].filter((action) => !(action in auditActionTexts)),
      [],
    );
  });
});

describe('an icon', () => {
  for (const [name, markup] of Object.entries(iconPaths)) {
    it(`${name} is Lucide’s own`, () => {
      const file = require.resolve(`lucide-static/icons/${name}.svg`);
      const svg = readFileSync(file, 'utf8');
      const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.indexOf('</svg>'));
      assert.equal(
        markup,
        inner
          .split('\n')
          .map((line) => line.trim())
          .join(''),
      );
    });
  }
});
