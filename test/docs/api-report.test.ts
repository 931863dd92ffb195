import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { apiReport } from './api-report.js';

describe('docs/api-report.md', () => {
  it('is what the source exports; after a change of the public API `npm run docs` writes it anew', () => {
    const kept = readFileSync(new URL('../../docs/api-report.md', import.meta.url), 'utf8');
    assert.equal(kept, apiReport());
  }).timeout(60_000);
});
