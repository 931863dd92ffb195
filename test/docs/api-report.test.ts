import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { apiReport } from './api-report.js';

describe('docs/api-report.md', () => {
  it('matches what the source exports; `npm run docs` updates it after a change of the public API', () => {
    const kept = readFileSync(new URL('../../docs/api-report.md', import.meta.url), 'utf8');
    assert.equal(kept, apiReport());
  }).timeout(120_000);
});
