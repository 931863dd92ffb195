import type { SlaPolicy } from '../../../contracts/sla-policy-provider.js';
import { CairnloopError } from '../../../foundation/errors.js';
import { slaClockOutcomes } from '../../../sla/outcome.js';
import type { SlaSimulation } from '../../../sla/simulate.js';
import { validateSlaPolicies } from '../../../sla/validate-policies.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { CliIo } from '../../io.js';
import { readJsonFile } from '../../json-file.js';
import type { CommandReport } from '../../report.js';
import { parsePastTime, sinceOption } from '../../since.js';
import { formatTable } from '../../table.js';

export const slaSimulateCommand = defineCommand({
  options: [
    { flags: '--policy <file>', description: 'the proposed terms: a JSON list of SLA policies' },
    { ...sinceOption, description: `${sinceOption.description} (default: 30d)` },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: ['cairnloop sla simulate --policy file.json --since 30d'],
  async run({ options }, io) {
    const { policy: file, since = parsePastTime('--since', '30d') } = options;
    if (file === undefined) throw missingPolicy();
    const policies = await readPolicyFile(file, io);
    const { simulateSla } = await import('../../../sla/simulate.js');
    return withDatabase(options, io, async ({ db }) =>
      simulationReport(file, await simulateSla(db, { policies, since })),
    );
  },
});

function missingPolicy() {
  return new CairnloopError('USAGE', {
    message: 'sla simulate expected --policy <file>, found none.',
    hint: 'Write the proposed terms as JSON; `cairnloop sla list --json` shows the ones in force.',
  });
}

/** Reads SLA policies from a JSON list, or from the output of `sla list --json`. */
async function readPolicyFile(file: string, io: CliIo): Promise<SlaPolicy[]> {
  const content = await readJsonFile(file, io);
  const { policies, rejected } = validateSlaPolicies((content as { policies?: unknown } | null)?.policies ?? content);
  if (rejected.length === 0) return policies;
  const problems = rejected.map(({ priority, reason }) => `${priority}: ${reason}`);
  throw new CairnloopError('POLICY_FILE_INVALID', { file, problems });
}

function simulationReport(file: string, simulation: SlaSimulation): CommandReport {
  const rows = simulation.priorities.map(({ priority, actual, proposed }) => [
    priority,
    ...slaClockOutcomes.map((outcome) => `${actual[outcome]} -> ${proposed[outcome]}`),
  ]);
  const head = `${simulation.conversations} conversation(s) since ${simulation.since.toISOString()}, clock outcomes: actual -> under ${file}`;
  return {
    text: rows.length === 0 ? head : `${head}\n${formatTable([['priority', ...slaClockOutcomes], ...rows])}`,
    json: simulation,
  };
}
