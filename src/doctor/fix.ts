import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../foundation/redact.js';
import type { CollectDoctorFactsOptions } from './collect-facts.js';
import type { DoctorFacts } from './facts.js';
import { readConfigFacts } from './read-config-facts.js';

/** A finding that doctor can fix without a decision of the user. */
interface Fixer {
  /** The code of the finding that is fixed. */
  code: string;
  /** The fix as a shell command, for display. */
  action: string;
  applies(facts: DoctorFacts): boolean;
  apply(host: CollectDoctorFactsOptions): Promise<void>;
}

export interface DoctorFix {
  code: string;
  action: string;
  outcome: 'planned' | 'done' | 'failed';
  reason?: string;
}

const fixers: readonly Fixer[] = [
  {
    code: 'MIGRATIONS',
    action: 'cairnloop migrate',
    applies: ({ database, schema }) =>
      database.state === 'known' &&
      !database.value.readOnly &&
      database.value.pooling !== 'transaction' &&
      schema.state === 'known' &&
      schema.value.unknown.length === 0 &&
      schema.value.pending.length > 0,
    apply: async ({ root, configFile }) => {
      const [{ config }, { migrateUp }] = await Promise.all([
        readConfigFacts(root, configFile),
        import('../db/migrate.js'),
      ]);
      await migrateUp({ url: config.databaseUrl ?? '', schema: config.database.schema });
    },
  },
  {
    code: 'ENV_FILE',
    action: "echo '.env' >> .gitignore",
    applies: ({ envFile }) => envFile.state === 'known' && envFile.value.present && !envFile.value.ignored,
    apply: async ({ root }) => ignoreEnvFile(path.join(root, '.gitignore')),
  },
];

function ignoreEnvFile(file: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : eol}.env${eol}`);
}

/** Lists the fixes that doctor would apply. Pure. */
export function planDoctorFixes(facts: DoctorFacts): DoctorFix[] {
  return fixers
    .filter((fixer) => fixer.applies(facts))
    .map(({ code, action }) => ({ code, action, outcome: 'planned' }));
}

/** Applies the fixes of {@link planDoctorFixes} one by one; a failure is reported and does not stop the next. */
export async function applyDoctorFixes(facts: DoctorFacts, host: CollectDoctorFactsOptions): Promise<DoctorFix[]> {
  const fixes: DoctorFix[] = [];
  for (const { code, action, apply } of fixers.filter((fixer) => fixer.applies(facts))) {
    try {
      await apply(host);
      fixes.push({ code, action, outcome: 'done' });
    } catch (error) {
      fixes.push({ code, action, outcome: 'failed', reason: errorText(error, 300) });
    }
  }
  return fixes;
}
