import { CairnloopError } from '../../../foundation/errors.js';
import type { SlaPoliciesResult } from '../../../sla/policies.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { formatSlaPolicies } from '../../format-sla-policies.js';
import { readHostConfig } from '../../host-database.js';
import type { CommandReport } from '../../report.js';
import { singleLine } from '../../single-line-text.js';

export const slaListCommand = defineCommand({
  options: [cwdOption, configOption, jsonOption],
  examples: ['cairnloop sla list', 'cairnloop sla list --json'],
  async run({ options }, io) {
    const config = await readHostConfig(options, io);
    const { readSlaPolicies } = await import('../../../sla/policies.js');
    const { pino } = await import('pino');
    // Log nothing: the report lists the policies that were refused, and why.
    const answer = await readSlaPolicies({ config, log: pino({ level: 'silent' }) });
    return policyReport(answer, config.slaPolicyProvider !== undefined);
  },
});

function policyReport(answer: SlaPoliciesResult, hasProvider: boolean): CommandReport {
  if (answer.state === 'unavailable') throw new CairnloopError('SLA_POLICIES_UNAVAILABLE', answer);
  if (answer.state === 'off') {
    const why = hasProvider ? 'the slaPolicyProvider returns no policies' : 'no slaPolicyProvider is configured';
    return { text: `SLA tracking is off: ${why}.`, json: { state: 'off', policies: [], rejected: [] } };
  }
  const { policies, rejected } = answer;
  // Two policies for one priority are both refused with the same reason: report it once.
  const notes = new Set(
    rejected.map(({ priority, reason }) => singleLine(`SLA policy not used: ${priority}: ${reason}`)),
  );
  const terms = policies.length > 0 ? [formatSlaPolicies(policies)] : [];
  return { text: [...terms, ...notes].join('\n'), json: { state: 'active', policies, rejected } };
}
