import assert from 'node:assert/strict';
import { z } from 'zod';
import type { CairnloopError } from '../../src/foundation/errors.js';
import {
  actorSchema,
  customerTextSchema,
  messageContentSchema,
  metadataSchema,
  nameOrKeySchema,
  pageLimitSchema,
  parseInput,
  storableTextSchema,
  strictObjectSchema,
} from '../../src/validation/input.js';

/** What is said of a wrong input, one line a problem. */
function said(schema: z.ZodType, input: unknown): string[] {
  try {
    parseInput('the.call', schema, input);
  } catch (error) {
    const { code, message } = error as CairnloopError;
    assert.equal(code, 'INPUT_INVALID', String(error));
    const [title, ...lines] = message.split('\n');
    assert.equal(title, 'the.call was called with wrong input:');
    return lines.map((line) => line.trim());
  }
  return [];
}

describe('the input of a public call', () => {
  const wrong: [schema: z.ZodType, input: unknown, says: string][] = [
    [nameOrKeySchema, undefined, 'a text of 1 to 500 characters, found nothing'],
    [nameOrKeySchema, '', 'a text of 1 to 500 characters, found an empty text'],
    [nameOrKeySchema, ' \n', 'a text of 1 to 500 characters, found an empty text'],
    [nameOrKeySchema, 42, 'a text of 1 to 500 characters, found 42'],
    [nameOrKeySchema, Symbol('x'), 'a text of 1 to 500 characters, found a symbol'],
    [nameOrKeySchema, Object.create(null), 'a text of 1 to 500 characters, found an object'],
    [storableTextSchema(3), 'four', 'a text of 1 to 3 characters, found a text of 4 characters'],
    [messageContentSchema, null, 'a text, found null'],
    [messageContentSchema, ' ', 'a text that is not blank, found an empty text'],
    [
      messageContentSchema,
      'x'.repeat(1_000_001),
      'a text of at most 1000000 characters, found a text of 1000001 characters',
    ],
    [customerTextSchema, ['x'], 'a text, found a list of 1'],
    [customerTextSchema, '\0', 'a text that is not blank, found a text of 1 character'],
    [z.enum(['open', 'resolved']), 'opne', 'one of open, resolved, found "opne"'],
    [pageLimitSchema, 0, 'a whole number from 1 to 200, found 0'],
    [pageLimitSchema, 201, 'a whole number from 1 to 200, found 201'],
    [pageLimitSchema, 1.5, 'a whole number from 1 to 200, found 1.5'],
    [pageLimitSchema, '5', 'a whole number from 1 to 200, found a text of 1 character'],
    [pageLimitSchema, Number.NaN, 'a whole number from 1 to 200, found NaN'],
    [z.number().min(2), 1, 'a number of at least 2, found 1'],
    [z.array(nameOrKeySchema).max(1), ['a', 'b'], 'a list of at most 1, found a list of 2'],
    [z.array(nameOrKeySchema), 'a', 'a list, found a text of 1 character'],
    [z.date(), new Date('x'), 'a Date, found an invalid Date'],
    [z.date(), '2026-01-01', 'a Date, found a text of 10 characters'],
    [z.boolean(), () => 1, 'true or false, found a function'],
    [metadataSchema, 'x', 'an object, found a text of 1 character'],
    [metadataSchema, [], 'an object, found a list of 0'],
    [metadataSchema, new Map(), 'an object, found an object'],
    [metadataSchema, null, 'an object, found null'],
    [z.object({}), 5n, 'an object, found a bigint'],
  ];
  for (const [schema, input, says] of wrong) {
    it(`is refused with: expected ${says}`, () => {
      assert.deepEqual(said(schema, input), [`input: expected ${says}`]);
      const path = said(z.object({ list: z.array(z.unknown()).pipe(z.tuple([schema])) }), { list: [input] });
      assert.deepEqual(path, [`list.0: expected ${says}`]);
    });
  }

  it('every problem is named by its path, without repeating the input', () => {
    const schema = z.object({ actor: actorSchema, tags: z.array(nameOrKeySchema), metadata: metadataSchema });
    const problems = said(schema, {
      actor: { id: ' ', name: 7 },
      tags: ['ok', 'secret'.repeat(100)],
      metadata: 'secret',
    });
    assert.deepEqual(
      problems.map((line) => line.split(':')[0]),
      ['actor.id', 'actor.name', 'tags.1', 'metadata'],
    );
    assert.ok(!problems.join().includes('secret'));
  });

  it('an unknown key is refused, with the closest known one', () => {
    const filter = strictObjectSchema({ status: nameOrKeySchema.optional(), priority: nameOrKeySchema.optional() });
    assert.deepEqual(said(filter, { statuss: 'open' }), [
      'statuss: expected a known key (did you mean "status"?), found an unknown key',
    ]);
    assert.deepEqual(said(filter, { bogus: undefined, status: 'x' }), [
      'bogus: expected one of the keys status, priority, found an unknown key',
    ]);
    assert.deepEqual(said(filter, { status: undefined }), []);
  });

  it('an object that throws when it is read is reported as such', () => {
    const throwing = () => {
      throw new Error('no');
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const unreadable = [
      new Proxy({}, { get: throwing, ownKeys: throwing, getOwnPropertyDescriptor: throwing }),
      Object.defineProperty({}, 'actor', { get: throwing }),
      revoked.proxy,
    ];
    for (const input of unreadable) assert.equal(said(z.object({ actor: actorSchema }), input).length, 1);
  });

  it('metadata may have keys that are no text and values that cannot be read', () => {
    const throwing = () => {
      throw new Error('no');
    };
    const input = Object.defineProperty({ [Symbol('s')]: 1, kept: [1n] }, 'bad', { enumerable: true, get: throwing });
    assert.deepEqual(parseInput('x', metadataSchema, input), { kept: ['1'], bad: '[unreadable]' });
    const proxy = new Proxy({}, { get: throwing });
    assert.deepEqual(said(metadataSchema, proxy), ['input: expected an object that can be read, found an object']);
    assert.deepEqual(parseInput('x', metadataSchema, new Proxy({ a: 1 }, { ownKeys: throwing })), {});
    assert.deepEqual(said(metadataSchema, { toJSON: () => 'text' }), [
      'input: expected an object that can be read, found an object',
    ]);
  });

  it('a found word is shown if one of a list or an id was expected, a sentence is not', () => {
    const schema = strictObjectSchema({
      rating: z.enum(['positive', 'negative']).optional(),
      id: z.uuid('an id').optional(),
    });
    const found = (input: object) => {
      try {
        parseInput('test', schema, input);
      } catch (error) {
        return (error as CairnloopError).message.split('found ')[1];
      }
      return undefined;
    };
    assert.equal(found({ rating: 'postive' }), '"postive"');
    assert.equal(found({ id: '42' }), '"42"');
    assert.equal(found({ rating: 'I am not happy' }), 'a text of 14 characters');
    assert.equal(found({ id: 'ann@example.test' }), 'a text of 16 characters');
    assert.equal(found({ id: `sk-proj-${'a1'.repeat(8)}` }), '"[redacted]"');
  });
});
