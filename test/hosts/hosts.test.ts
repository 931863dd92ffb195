/** Two hosts of `npm run test:hosts`, made of the packed package without asking a registry; a build comes before. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { hosts } from './hosts.js';
import { packed } from './packed.js';
import { tryHost } from './try-host.js';

describe('hosts of the packed package', () => {
  let folder: string;
  let tarball: string;
  let database: TestDatabase;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cairnloop-packed-'));
    tarball = await packed(folder);
  });
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const host of hosts.filter(({ linked }) => linked)) {
    it(`${host.title}: generated, built, linted, tested, served, worked and stopped`, async () => {
      const said: string[] = [];
      const say = (text: string) => said.push(text);
      const report = await tryHost(host, { tarball, databaseUrl: database.url, node: null, linked: true, say });
      const failed = Object.entries(report).filter(([, outcome]) => outcome === 'failed');
      assert.deepEqual(failed, [], said.join('\n'));
      assert.equal(report.stop, 'ok', said.join('\n'));
    }).timeout(240_000);
  }
});
