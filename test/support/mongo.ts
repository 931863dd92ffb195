/** Real MongoDB for tests: the server at CAIRNLOOP_TEST_MONGO_URL. */
import { MongoClient } from 'mongodb';

/** A database of one test's own. */
export interface TestMongo {
  url: string;
  /** The documents of a collection. */
  find(collection: string): Promise<Record<string, unknown>[]>;
  collections(): Promise<string[]>;
  indexes(collection: string): Promise<string[]>;
  /** Removes all that it holds; it can be used on. */
  wipe(): Promise<void>;
}

const server = process.env.CAIRNLOOP_TEST_MONGO_URL ?? '';
let created = 0;
let told = false;

/** To be called in a `describe`: its tests are skipped where there is no MongoDB, which is said once and loudly. */
export function useMongo(): { createMongo(): TestMongo } {
  let client: MongoClient | undefined;
  const used: string[] = [];
  before(function () {
    if (server) return;
    if (!told) console.error('\n  !!! MongoDB is NOT tested: set CAIRNLOOP_TEST_MONGO_URL to the URL of one to use.\n');
    told = true;
    this.skip();
  });
  after(async () => {
    for (const name of used) await client?.db(name).dropDatabase();
    await client?.close();
  });
  return {
    createMongo() {
      client ??= new MongoClient(server);
      created += 1;
      const name = `cairnloop_test_${process.pid}_${created}`;
      used.push(name);
      const db = client.db(name);
      return {
        url: urlOf(name),
        find: (collection) => db.collection(collection).find().toArray(),
        collections: async () => (await db.listCollections().toArray()).map((each) => each.name).sort(),
        indexes: async (collection) =>
          (await db.collection(collection).indexes()).map((index) => index.name ?? '').sort(),
        wipe: async () => void (await db.dropDatabase()),
      };
    },
  };
}

function urlOf(database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
