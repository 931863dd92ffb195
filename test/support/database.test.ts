import { strict as assert } from 'node:assert';
import { createTestDatabase, useTemplate } from './database.js';
import { placeOfCluster } from './memory-folder.js';

describe('the database of a test', () => {
  it('is empty and its own', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await one.query('create table seen (id int)');
    await assert.rejects(two.query('select * from seen'), /relation "seen" does not exist/);
    await Promise.all([one.drop(), two.drop()]);
  });

  it('is a clone of a template, which is prepared once', async () => {
    let preparations = 0;
    const prepare = async (url: string) => {
      preparations += 1;
      const { default: pg } = await import('pg');
      const left = new pg.Client(url).on('error', () => {});
      await left.connect();
      await left.query('create table seen (id int); insert into seen values (7)');
    };
    const clones = await Promise.all([1, 2, 3].map(() => createTestDatabase(useTemplate('support-test', prepare))));
    for (const clone of clones) assert.deepEqual((await clone.query('select id from seen')).rows, [{ id: 7 }]);
    await clones[0]?.query('delete from seen');
    assert.equal((await clones[1]?.query('select id from seen'))?.rowCount, 1);
    assert.equal(preparations, 1);
    await Promise.all(clones.map((clone) => clone.drop()));
  });

  it('lies in memory where there is enough of it, and says what is missing where there is not', () => {
    const at = placeOfCluster(8 * 2 ** 30);
    assert.ok('dataDir' in at && at.dataDir.startsWith('/dev/shm/'), JSON.stringify(at));
    assert.deepEqual(placeOfCluster(64 * 2 ** 20), { reason: '/dev/shm has 0.1 GB, and 4.0 GB are needed' });
  });
});
