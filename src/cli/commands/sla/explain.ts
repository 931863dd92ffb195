import type { ClockHistory } from '../../../sla/clock-history.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { CommandReport } from '../../report.js';

export const slaExplainCommand = defineCommand({
  arguments: [{ name: '<conversation>', description: "the conversation's id" }],
  options: [cwdOption, configOption, jsonOption],
  examples: ['cairnloop sla explain 0196f0c2-…', 'cairnloop sla explain 0196f0c2-… --json'],
  async run({ args: [conversationId], options }, io) {
    const { explainSlaClocks } = await import('../../../sla/explain.js');
    return withDatabase(options, io, async ({ db }) =>
      historyReport(conversationId, await explainSlaClocks(db, conversationId)),
    );
  },
});

function historyReport(conversationId: string, clocks: ClockHistory[]): CommandReport {
  const histories = clocks.map((clock, index) =>
    [`Clock ${index + 1} of ${clocks.length}, ${standing(clock)}`, ...clock.lines.map((line) => `  ${line}`)].join(
      '\n',
    ),
  );
  const none = `No clock has started in conversation ${conversationId}.`;
  return { text: histories.join('\n\n') || none, json: { conversationId, clocks } };
}

function standing({ status, pausedAt }: ClockHistory): string {
  if (status !== 'active') return status;
  return pausedAt ? 'paused' : 'running';
}
