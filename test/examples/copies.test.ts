/** An example that is copied into an application stands alone, so it holds copies of what the others share. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './processes.js';

const copies: Record<string, readonly string[]> = {
  'notifier.ts': ['next/notifier.ts', 'sveltekit/src/lib/server/notifier.ts', 'adonis/app/services/notifier.ts'],
  'session.ts': ['sveltekit/src/lib/server/session.ts', 'adonis/app/services/session.ts'],
  'refund.ts': ['next/refund.ts'],
  'sveltekit/src/lib/server/shop.ts': ['adonis/app/services/shop.ts'],
};

const textOf = (file: string) => readFileSync(path.join(root, 'examples', file), 'utf8');

describe('copies in the examples', () => {
  for (const [original, others] of Object.entries(copies))
    for (const copy of others)
      it(`${copy} is ${original}`, () => {
        assert.equal(textOf(copy), textOf(original));
      });
});
