import { bareStatements } from './ingest/bare-statements.mjs';
import { product } from './ingest/product.mjs';
import { startServer, withClient } from './support/postgres.mjs';
import { atLeast, figure } from './support/report.mjs';
import { scaled, scaledRounds } from './support/scale.mjs';
import { seedConversations } from './support/seed.mjs';
import { alternate, median } from './support/stats.mjs';

const clients = 10;
const conversations = scaled(8000);
const warmUp = Math.round(conversations / 16);
const rounds = scaledRounds(5);

const contestants = { cairnloop: product, bare: bareStatements };

const text = (n) =>
  `Order ${n}: the export of my invoices fails since ${(n * 7919) % 1000} days, please tell me what I could do about it. Thanks, Zoe ${n}`;

/** Each on conversations of its own. */
const calls = {
  open: (side, _ids, n) => side.open(`new-customer-${n}`, `Order ${n}`, text(n)),
  receive: (side, ids, n) => side.receive(ids[n], text(n)),
  reply: (side, ids, n) => side.reply(ids[n], text(n)),
};

/** What a host pays for each message, against the same rows written by hand in a transaction. */
export async function run({ say }) {
  const server = await startServer();
  try {
    const seeded = await seedConversations(server, conversations);
    const measured = [];
    for (const [call, work] of Object.entries(calls)) {
      const rates = await alternate(Object.keys(contestants), rounds, async (name, round) => {
        const rate = await callAll(server, seeded.name, contestants[name], work);
        say(`${call}, round ${round + 1} of ${rounds}: ${name} ${figure(rate)}/s`);
        return rate;
      });
      measured.push({ call, rates });
    }
    return report(measured, await server.version());
  } finally {
    await server.stop();
  }
}

async function callAll(server, template, open, work) {
  const database = await server.database(template);
  const side = await open(database.url);
  try {
    const { rows } = await withClient(database.url, (client) =>
      client.query('SELECT id FROM cairnloop.conversations ORDER BY id'),
    );
    const ids = rows.map(({ id }) => id);
    await inParallel(0, warmUp, (n) => work(side, ids, n));
    const started = performance.now();
    await inParallel(warmUp, ids.length, (n) => work(side, ids, n));
    return (ids.length - warmUp) / ((performance.now() - started) / 1000);
  } finally {
    await side.close();
    await database.drop();
  }
}

async function inParallel(from, to, work) {
  let next = from;
  const client = async () => {
    while (next < to) await work(next++);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

function report(measured, version) {
  const ratio = ({ rates }) => median(rates.get('cairnloop').map((rate, round) => rate / rates.get('bare')[round]));
  return {
    title: 'Ingest',
    about: `Postgres ${version}, embedded, \`fsync = off\`; ${clients} clients, each call on a conversation of its own. Bare \`pg\` writes the same rows, the audit record too, by prepared statements between BEGIN and COMMIT.`,
    tables: [
      {
        head: ['call', 'Cairnloop, a second', 'bare `pg`, a second', 'round by round'],
        rows: measured.map(({ call, rates }) => [
          `\`conversations.${call}\``,
          figure(median(rates.get('cairnloop'))),
          figure(median(rates.get('bare'))),
          `${figure(ratio({ rates }))}x`,
        ]),
      },
    ],
    marks: measured.map(({ call, rates }) => atLeast(`${call} against bare \`pg\``, ratio({ rates }), 0.9)),
  };
}
