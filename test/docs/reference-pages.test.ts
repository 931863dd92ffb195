import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { errorCodes } from '../../src/foundation/errors.js';
import { errorSections } from './error-page.js';
import { errorSamples } from './error-samples.js';
import { repositoryFile } from './reference-page.js';
import { referencePages } from './reference-pages.js';

describe('reference pages', () => {
  for (const { file, render } of referencePages) {
    it(`${file} matches the source; \`npm run docs\` updates it`, async () => {
      assert.equal(readFileSync(repositoryFile(file), 'utf8'), await render());
    }).timeout(120_000);
  }

  it('every error code has sample details, and is in one section of the page', () => {
    assert.deepEqual(
      errorCodes.filter((code) => !errorSamples[code]?.length),
      [],
    );
    assert.deepEqual(
      errorSections().flatMap(({ codes }) => codes),
      errorCodes,
    );
  });
});
