import type { AuditEvent, Page } from '../../../contracts/domain.js';
import { configOption, cwdOption, defineCommand, jsonOption, wholeNumber } from '../../command.js';
import { type HostOptions, withDatabase } from '../../host-database.js';
import type { Report } from '../../report.js';
import { table } from '../../table.js';

interface ListOptions extends HostOptions {
  conversation?: string;
  action?: string;
  actor?: string;
  cursor?: string;
  limit?: number;
}

export const list = defineCommand<ListOptions>({
  options: [
    { flags: '--conversation <id>', description: 'only of this conversation' },
    { flags: '--action <action>', description: 'only this action; with a dot at its end all of a domain: sla.' },
    { flags: '--actor <id>', description: 'only by this actor' },
    {
      flags: '--limit <number>',
      description: 'how many (default: 50)',
      parse: wholeNumber('--limit', { min: 1, max: 200 }),
    },
    { flags: '--cursor <cursor>', description: 'the next page, as the page before named it' },
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

function pageReport(page: Page<AuditEvent>, width: number | undefined): Report {
  const rows = page.items.map((event) => [
    event.at.toISOString(),
    event.action,
    event.actor.name ?? event.actor.id,
    event.conversationId ?? '-',
    Object.keys(event.detail).length > 0 ? JSON.stringify(event.detail) : '',
  ]);
  const more = page.nextCursor ? [`More: --cursor ${page.nextCursor}`] : [];
  const head = ['at', 'action', 'actor', 'conversation', 'detail'];
  const text = [table([head, ...rows], { width, free: [2, 4] }), ...more].join('\n');
  return { text: rows.length === 0 ? 'Nothing was recorded.' : text, json: page };
}
