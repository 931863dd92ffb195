import { strict as assert } from 'node:assert';
import { ok } from '../../src/contracts/result.js';
import { policies, useHosts } from '../support/started-host.js';
import { useWorkspaces } from './served-workspace.js';
import { usePages } from './use-pages.js';

describe('the rail beside a conversation', () => {
  const open = usePages();
  const { startHost } = useHosts();
  const serve = useWorkspaces();

  const facts = {
    Account: { since: new Date('2023-04-01T10:00:00Z'), balance: 1_234_567.5, customerNumber: 1_234_567 },
    'Recent orders': [
      { id: 'A-1009', total: 12_345.5 },
      { id: 'A-1001', total: 18 },
    ],
  };

  it('has SLA, owner and history first, lists of objects as tables, numbers and dates by locale', async () => {
    const host = await startHost(
      {
        contextProvider: { getContext: () => ok(facts) },
        slaPolicyProvider: policies({ priority: 'normal', responseMinutes: 60, breachMinutes: 240 }),
      },
      { worker: false },
    );
    const workspace = await serve(host);
    const { conversations } = host.cairnloop;
    await conversations.open({ actorId: 'c-1', subject: 'Earlier', message: 'It fails' });
    const { id } = await conversations.open({ actorId: 'c-1', subject: 'Export', message: 'It fails' });
    const shown: Record<string, { titles: string[]; table: string[][]; facts: string[] }> = {};
    for (const locale of ['en-US', 'de-DE']) {
      const page = await open(workspace, `/c/${id}`, { locale, timezoneId: 'Europe/Berlin' });
      await page.locator('#rail table').waitFor();
      const texts = (selector: string) => page.locator(selector).allTextContents();
      const table = [];
      for (const row of await page.locator('#rail tr').all()) table.push(await row.locator('th, td').allTextContents());
      shown[locale] = {
        titles: await texts('#rail h2'),
        table,
        facts: (await texts('#rail .rows-of-facts dd')).map((text) => text.replaceAll('\u202f', ' ')),
      };
    }
    assert.deepEqual(shown, {
      'en-US': {
        titles: [
          'SLA',
          'Owner',
          'Other conversations of this customer o',
          'Customer',
          'Outbound',
          'Satisfaction',
          'Record',
        ],
        table: [
          ['Id', 'Total'],
          ['A-1009', '12,345.5'],
          ['A-1001', '18'],
        ],
        facts: ['Apr 1, 2023, 12:00 PM', '1,234,567.5', '1234567'],
      },
      'de-DE': {
        titles: [
          'SLA',
          'Zuständig',
          'Andere Anfragen dieses Kunden o',
          'Kunde',
          'Nachfassen',
          'Zufriedenheit',
          'Protokoll',
        ],
        table: [
          ['Id', 'Total'],
          ['A-1009', '12.345,5'],
          ['A-1001', '18'],
        ],
        facts: ['01.04.2023, 12:00', '1.234.567,5', '1234567'],
      },
    });
  });
});
