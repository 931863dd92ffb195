import type { Migration } from './migration.js';

/**
 * What the operator workspace asks for beyond the domain's tables: drafts that wait, newest first; and the secret that
 * its forms are signed with, the same for every process.
 */
export const workspace: Migration = {
  name: '0007-workspace',
  up: (s) => `
    CREATE INDEX drafts_pending ON ${s}.drafts (id DESC) WHERE status = 'pending';

    CREATE TABLE ${s}.workspace_secret (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      secret text NOT NULL
    );
    INSERT INTO ${s}.workspace_secret (secret) VALUES (gen_random_uuid()::text || gen_random_uuid()::text);
  `,
  down: (s) => `
    DROP TABLE ${s}.workspace_secret;
    DROP INDEX ${s}.drafts_pending;
  `,
};
