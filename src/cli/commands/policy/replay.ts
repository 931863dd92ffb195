import { decisions } from '../../../contracts/domain.js';
import type { PolicyReplay } from '../../../drafts/replay.js';
import { configOption, cwdOption, defineCommand, jsonOption } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { CommandReport } from '../../report.js';
import { parsePastTime, sinceOption } from '../../since.js';
import { formatTable } from '../../table.js';

/** Maximum number of changed decisions in the text; `--json` lists all. */
const listed = 20;

export const policyReplayCommand = defineCommand({
  options: [
    { ...sinceOption, description: `${sinceOption.description} (default: 30d)` },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: ['cairnloop policy replay', 'cairnloop policy replay --since 7d --json'],
  async run({ options }, io) {
    const { replayAutomationPolicy } = await import('../../../drafts/replay.js');
    const { createContextReader } = await import('../../../context/context-reader.js');
    return withDatabase(options, io, async ({ config, db }) => {
      const { contextProvider: provider, automationPolicy: policy } = config;
      // Customer facts that are missing are not logged: the report counts these proposals under `otherInput`.
      const context = createContextReader({ provider, ...config.context, log: { warn() {} }, onOutcome() {} });
      const since = options.since ?? parsePastTime('--since', '30d');
      return replayReport(await replayAutomationPolicy(db, { policy, context, since }), policy !== undefined);
    });
  },
});

function replayReport(replay: PolicyReplay, hasPolicy: boolean): CommandReport {
  const by = hasPolicy ? 'the configured policy' : 'the default, because no automationPolicy is configured';
  const head = `${replay.asked} proposal(s) since ${replay.since.toISOString()}, decided again by ${by}; nothing was sent or stored`;
  const parts = replay.asked === 0 ? [head] : [head, decisionTable(replay), changesText(replay)];
  return { text: [...parts, ...notes(replay)].join('\n'), json: replay };
}

function decisionTable({ decisions: counts }: PolicyReplay): string {
  const kept = decisions.filter((decision) => decision !== 'deny');
  const rows = kept.map((before) => [before, ...decisions.map((now) => String(counts[before][now]))]);
  return formatTable([['decided then \\ now', ...decisions], ...rows]);
}

function changesText({ changes }: PolicyReplay): string {
  if (changes.length === 0) return 'No decision would change.';
  const rows = changes.slice(0, listed).map((change) => {
    const now = change.outcome === 'decided' ? change.now : `${change.now} (policy ${change.outcome})`;
    return [change.draftId, change.type, `${change.riskTier} risk`, `${change.before} -> ${now}`];
  });
  const more = changes.length > listed ? `\n… and ${changes.length - listed} more; --json lists all` : '';
  return `${changes.length} would be decided differently:\n${formatTable([['draft', 'type', 'risk', 'decision'], ...rows])}${more}`;
}

function notes({ denied, otherInput, undecided }: PolicyReplay): string[] {
  const lost = Object.values(undecided).reduce((sum, count) => sum + count, 0);
  return [
    denied > 0 && `${denied} denied proposal(s) left out: their text was not stored.`,
    otherInput > 0 &&
      `${otherInput} decided on other data than before: facts about customers are read live and never stored.`,
    lost > 0 &&
      `${lost} got no decision (${undecided.failed} failed, ${undecided.timed_out} timed out, ${undecided.invalid} invalid), which counts as require_approval.`,
  ].filter((note) => note !== false);
}
