import assert from 'node:assert/strict';
import fc from 'fast-check';
import { errorText, redact, toStorableJson, toStorableText } from '../../src/foundation/redact.js';

const canary = 'c4naryHunter2';

describe('redact', () => {
  const secrets: Record<string, string> = {
    'a DSN': `connect postgres://app:${canary}@db.test:5432/app failed`,
    'a DSN whose password holds @ and /': `postgres://app:p@ss/${canary}@db.test/app`,
    'a token as the user of a URL': `clone https://${canary}@git.test/x.git`,
    'a libpq DSN': `host=db password=${canary},x user=app`,
    'a quoted libpq password': `password='my ${canary} word' host=db`,
    'an environment variable': `DB_PASSWORD=${canary}`,
    'a query parameter': `GET /x?page=2&access_token=${canary}&sort=asc`,
    'a bearer token': `sent Bearer ${canary}.x-y_z`,
    'an Authorization header': `Authorization: Digest user="a", response="${canary}"`,
    'a cookie': `cookie: theme=dark; session=${canary}`,
    'a JSON property': JSON.stringify({ apiKey: canary, user: 'ann' }),
    'a JSON property with an escaped quote': JSON.stringify({ clientSecret: `a"${canary}`, user: 'ann' }),
    'JSON inside JSON': JSON.stringify(JSON.stringify({ secret_key: `${canary}` })),
    'an API key': `key sk-proj-${canary} is wrong`,
    'a live key': `sk_live_${canary}`,
    'a GitHub token': `ghp_${canary}${canary}`,
    'a JWT': `jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${canary}`,
    'a private key': `-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----`,
  };
  for (const [where, text] of Object.entries(secrets)) {
    it(`masks ${where}`, () => {
      assert.ok(!redact(text).includes(canary), redact(text));
      assert.match(redact(text), /\[redacted\]/);
    });
  }

  it('leaves ordinary text as it is', () => {
    const text =
      'connect ECONNREFUSED 127.0.0.1:5432 (see https://x.test/a?b=1), 512 tokens, password authentication failed';
    assert.equal(redact(text), text);
  });

  it('keeps the parts that tell one database from another', () => {
    assert.equal(redact('postgres://app:x@db.test:5432/app down'), 'postgres://[redacted]@db.test:5432/app down');
  });
});

describe('errorText', () => {
  it('accepts any thrown value', () => {
    const unreadable = Object.defineProperty({}, 'message', {
      get: () => {
        throw new Error('no');
      },
    });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    assert.equal(errorText(new Error('plain')), 'plain');
    assert.equal(errorText('text'), 'text');
    assert.equal(errorText(undefined), 'undefined');
    assert.equal(errorText({ error: 'soft' }), '{"error":"soft"}');
    assert.equal(errorText(Object.assign(new Error(''), { code: 'ECONNREFUSED' })), 'ECONNREFUSED');
    assert.equal(errorText(unreadable), 'an error that cannot be read');
    assert.equal(errorText(circular), 'an error that cannot be read');
    assert.equal(errorText(Symbol('x')), 'Symbol(x)');
  });

  it('names an error without a message, and says what an AggregateError and a Response hold', () => {
    class OutOfStock extends Error {
      override name = 'OutOfStock';
    }
    assert.equal(errorText(new OutOfStock()), 'OutOfStock');
    assert.equal(errorText(new Error('')), 'Error');
    assert.equal(
      errorText(new AggregateError([new Error('ECONNREFUSED ::1'), new Error('ECONNREFUSED 127.0.0.1')])),
      'AggregateError: ECONNREFUSED ::1',
    );
    assert.equal(
      errorText(new AggregateError([new Error('a')], 'All promises were rejected')),
      'All promises were rejected: a',
    );
    assert.equal(errorText(new Response('no', { status: 503, statusText: 'Busy' })), 'Response 503 Busy');
    assert.equal(errorText(Object.create(null)), '{}');
  });

  it('adds the cause once, as for a failed fetch', () => {
    assert.equal(errorText(new Error('fetch failed.', { cause: new Error('ENOTFOUND') })), 'fetch failed: ENOTFOUND');
    assert.equal(errorText(new Error('fetch failed: ENOTFOUND', { cause: 'ENOTFOUND' })), 'fetch failed: ENOTFOUND');
  });

  it('masks secrets, also at the point where the text is cut', () => {
    assert.ok(!errorText(new Error(`password=${canary}`)).includes(canary));
    const cut = errorText(
      `${'token=aaaaaaaaaaaaaaaaaaaaaaaaaaa '.repeat(11)}postgres://u:${canary}@${'h'.repeat(99)}`,
      100,
    );
    assert.ok(!cut.includes('c4'), cut);
  });

  it('keeps the beginning of a text without a space', () => {
    assert.equal(errorText('e'.repeat(20_000)), `${'e'.repeat(1999)}…`);
    assert.equal(errorText(new Error('e'.repeat(20_000)), 300), `${'e'.repeat(299)}…`);
    assert.match(errorText(`Request failed: ${'%7B'.repeat(10_000)}`), /^Request failed: (%7B){100}/);
    assert.match(errorText(`<html>${'x'.repeat(9000)} and so on`), /^<html>x{1900}/);
  });

  it('shows no part of a secret in a text without a space that is cut anywhere', () => {
    const secrets = {
      url: `postgres://ada:${canary}/${canary}@db.example.com/shop`,
      'long url': `postgres://ada:${canary.repeat(20)}@db.example.com/shop`,
      stripe: `sk-${canary}`,
      google: `AIza${canary.repeat(3).slice(0, 35)}`,
      sendgrid: `SG.${canary}.${canary}`,
      jwt: `eyJ${canary}.${canary}.${canary}`,
      named: `password=${canary}`,
      quoted: `"api_key":"${canary} ${canary}"`,
    };
    // What is masked shrinks, and so moves what stood far behind into what is shown.
    const masked = `token="${'a'.repeat(90)}",`;
    for (const [name, secret] of Object.entries(secrets)) {
      for (let before = 1; before <= secret.length; before += 2) {
        const lead = masked.repeat((4000 - before) / masked.length);
        const given = `${lead.padEnd(4000 - before, ',')}${secret}${'z'.repeat(9000)}`;
        const shown = errorText(given, 1000);
        assert.ok(
          !shown.includes(canary.slice(0, 6)),
          `${name}, ${before} characters before the cut: ${shown.slice(-200)}`,
        );
      }
    }
  });

  it('is bounded, storable and printable, for any thrown value', () => {
    fc.assert(
      fc.property(fc.anything(), fc.integer({ min: 20, max: 200 }), (error, maxLength) => {
        const text = errorText(error, maxLength);
        assert.ok(text.length <= maxLength);
        assert.equal(text, text.toWellFormed());
        assert.doesNotMatch(text, /(?![\n\t])\p{Cc}/u);
      }),
    );
    assert.equal(errorText('a\u0000b\u001b[31m\ud800'), 'ab[31m\ufffd');
  });
});

describe('toStorableText, toStorableJson', () => {
  it('drops NUL and replaces lone surrogates, also in keys', () => {
    assert.equal(toStorableText('a\u0000b \ud800 😀'), 'ab \ufffd 😀');
    assert.deepEqual(toStorableJson({ 'k\u0000': ['\udc00'] }), { k: ['\ufffd'] });
  });

  it('describes values at which JSON.stringify would throw', () => {
    const value: Record<string, unknown> = { big: 10n ** 20n, date: new Date(0), never: undefined, nan: Number.NaN };
    value.self = value;
    Object.defineProperty(value, 'bad', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    assert.deepEqual(toStorableJson(value), {
      big: '100000000000000000000',
      date: '1970-01-01T00:00:00.000Z',
      nan: null,
      self: '[circular]',
      bad: '[unreadable]',
    });
  });

  it('keeps a value that is used twice, and a __proto__ key as a key', () => {
    const shared = { a: 1 };
    assert.deepEqual(toStorableJson([shared, shared]), [shared, shared]);
    const copy = toStorableJson(JSON.parse('{"__proto__":{"polluted":true}}')) as object;
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
    assert.equal(JSON.stringify(copy), '{"__proto__":{"polluted":true}}');
  });

  it('cuts deep nesting', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 20_000; level += 1) deep = [deep];
    assert.match(JSON.stringify(toStorableJson(deep)), /too deep/);
  });

  it('equals JSON.stringify for any storable JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        assert.equal(JSON.stringify(toStorableJson(value)), JSON.stringify(value)?.replaceAll('\\u0000', ''));
      }),
    );
  });

  it('gives well-formed JSON without NUL for anything', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }), (value) => {
        const json = JSON.stringify(toStorableJson(value));
        assert.doesNotMatch(json, /(?<!\\)(?:\\\\)*\\u(?:0000|d[89ab]|d[c-f])/i);
      }),
    );
  });
});
