import type { ClockStory } from '../../../sla/clock-story.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { type HostOptions, withDatabase } from '../../host-database.js';
import type { Report } from '../../report.js';

export const explain = defineCommand<HostOptions>({
  arguments: [{ name: '<conversation>', description: "the conversation's id" }],
  options: [cwdOption, configOption, jsonOption],
  examples: ['cairnloop sla explain 0196f0c2-…', 'cairnloop sla explain 0196f0c2-… --json'],
  async run({ args: [conversationId = ''], options }, io) {
    const { explainSla } = await import('../../../sla/explain.js');
    return withDatabase(options, io, async ({ db }) =>
      storyReport(conversationId, await explainSla(db, conversationId)),
    );
  },
});

function storyReport(conversationId: string, clocks: ClockStory[]): Report {
  const stories = clocks.map((clock, index) =>
    [`Clock ${index + 1} of ${clocks.length}, ${standing(clock)}`, ...clock.lines.map((line) => `  ${line}`)].join(
      '\n',
    ),
  );
  const none = `No clock has started in conversation ${conversationId}.`;
  return { text: stories.join('\n\n') || none, json: { conversationId, clocks } };
}

function standing({ status, pausedAt }: ClockStory): string {
  if (status !== 'active') return status;
  return pausedAt ? 'paused' : 'running';
}
