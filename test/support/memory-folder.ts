import { randomUUID } from 'node:crypto';
import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const inMemory = '/dev/shm';
const neededBytes = 4 * 2 ** 30;
let reported = false;

/**
 * A new path for a cluster in memory, or why it has to be on the disk. A database is three hundred files: to clone one
 * takes 250 ms of processor time on a disk, and 15 ms in memory.
 */
export function placeOfCluster(available: number = availableBytes()): { dataDir: string } | { reason: string } {
  if (available >= neededBytes) return { dataDir: join(inMemory, `cairnloop-postgres-${randomUUID()}`) };
  return { reason: `${inMemory} has ${gigabytes(available)} GB, and ${gigabytes(neededBytes)} GB are needed` };
}

/** Says once per run that its Postgres is on the disk, which makes the tests slower. */
export function reportDisk(reason: string): void {
  const isFirst = !(Number(process.env.MOCHA_WORKER_ID) > 0);
  if (!reported && isFirst) console.error(`\n  The Postgres of the tests is on the disk, and slower: ${reason}.\n`);
  reported = true;
}

/** What is in that folder counts as memory, of which a container may have less than the folder says. */
function availableBytes(): number {
  if (!existsSync(inMemory)) return 0;
  const { bavail, bsize } = statfsSync(inMemory);
  return Math.min(bavail * bsize, process.availableMemory());
}

const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
