import type { AuditEvent, Page } from '../../../contracts/domain.js';
import { configOption, cwdOption, defineCommand, jsonOption, wholeNumberParser } from '../../command.js';
import { withDatabase } from '../../host-database.js';
import type { CommandReport } from '../../report.js';
import { formatTable } from '../../table.js';

export const auditListCommand = defineCommand({
  options: [
    { flags: '--conversation <id>', description: 'only events of this conversation' },
    {
      flags: '--action <action>',
      description: 'only this action; a trailing dot selects all actions of a domain (sla.)',
    },
    { flags: '--actor <id>', description: 'only events by this actor' },
    {
      flags: '--limit <number>',
      description: 'page size (default: 50)',
      parse: wholeNumberParser('--limit', { min: 1, max: 200 }),
    },
    { flags: '--cursor <cursor>', description: 'continue after the previous page, with the cursor that it printed' },
    cwdOption,
    configOption,
    jsonOption,
  ],
  examples: ['cairnloop audit list', 'cairnloop audit list --conversation 0196f0c2-… --json'],
  async run({ options }, io) {
    const { listAudit } = await import('../../../audit/list.js');
    const { conversation: conversationId, action, actor, cursor, limit } = options;
    return withDatabase(options, io, async ({ db }) =>
      pageReport(await listAudit({ db }, { conversationId, action, actor, cursor, limit }), io.stdout.columns),
    );
  },
});

function pageReport(page: Page<AuditEvent>, width: number | undefined): CommandReport {
  const rows = page.items.map((event) => [
    event.at.toISOString(),
    event.action,
    event.actor.name ?? event.actor.id,
    event.conversationId ?? '-',
    Object.keys(event.detail).length > 0 ? JSON.stringify(event.detail) : '',
  ]);
  const more = page.nextCursor ? [`More: --cursor ${page.nextCursor}`] : [];
  const head = ['at', 'action', 'actor', 'conversation', 'detail'];
  const text = [formatTable([head, ...rows], { width, free: [2, 4] }), ...more].join('\n');
  return { text: rows.length === 0 ? 'No events match.' : text, json: page };
}
