import type { Migration } from './migration.js';

/**
 * Records beside each migration with which older code it works, so that processes of two versions can run on one schema
 * during a rolling deploy (docs/decisions/0021-rolling-upgrades.md).
 */
export const rollingUpgrades: Migration = {
  name: '0021-rolling-upgrades',
  up: (s) => `ALTER TABLE ${s}.migrations ADD COLUMN works_with_code_of text;`,
  down: (s) => `ALTER TABLE ${s}.migrations DROP COLUMN works_with_code_of;`,
};
