/** `node --import tsx test/support/faked-timers.ts <database url> <before | after>`: a host under fake timers closes. */
import { mock } from 'node:test';

const [url = '', when] = process.argv.slice(2);

/** As a host's tests do: no timer fires unless it is told to. */
function fake(): void {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] });
}

if (when === 'before') fake();
const { createCairnloop } = await import('../../src/instance/cairnloop.js');
const { openChangeFeed } = await import('../../src/change-feed/open-change-feed.js');
const { openDatabase } = await import('../../src/db/connect.js');
const { pino } = await import('pino');
if (when === 'after') fake();

const notifier = { onConversationResolved() {}, onSlaBreach() {}, onOutboundTriggered() {} };
const cairnloop = await createCairnloop({ database: { url }, notifier, log: { level: 'fatal' } });
if (when === 'later') fake();
const { id } = await cairnloop.conversations.open({ message: 'Hello?' });
await cairnloop.conversations.reply(id, { content: 'Yes.', actor: { id: 'op-7' } });
await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op-7' } });
// What an open page of the workspace holds.
const db = openDatabase({ url, schema: 'cairnloop', poolSize: 1 });
const activity = openChangeFeed(db, pino({ level: 'silent' }));
activity.subscribe(() => {});
activity.changed(id);
await activity.close();
await db.close();
await cairnloop.close();
console.log('closed');
process.exit(0);
