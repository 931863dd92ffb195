import { setTimeout as pause } from 'node:timers/promises';
import { bareStatements } from './ingest/bare-statements.mjs';
import { product } from './ingest/product.mjs';
import { sameStatements } from './ingest/same-statements.mjs';
import { startServer, withClient } from './support/postgres.mjs';
import { atLeast, figure } from './support/report.mjs';
import { isFullSize, scaledRounds } from './support/scale.mjs';
import { seedConversations } from './support/seed.mjs';
import { alternate, median } from './support/stats.mjs';

const clients = 10;
/** Short, so that a slow moment of the machine meets all alike. */
const rounds = scaledRounds(21);
const callsPerRound = isFullSize ? 400 : 50;
const warmUpRounds = 5;

const contestants = { cairnloop: product, same: sameStatements, byHand: bareStatements };

const text = (n) =>
  `Order ${n}: the export of my invoices fails since ${(n * 7919) % 1000} days, please tell me what I could do about it. Thanks, Zoe ${n}`;

/** Each on a conversation of its own. */
const calls = {
  open: (side, _ids, n) => side.open(`new-customer-${n}`, `Order ${n}`, text(n)),
  receive: (side, ids, n) => side.receive(ids[n], text(n)),
  reply: (side, ids, n) => side.reply(ids[n], text(n)),
};

/** What a host pays for each message, against its statements alone, and against the same rows written by hand. */
export async function run({ say }) {
  const server = await startServer({ durable: true });
  try {
    const seeded = await seedConversations(server, (warmUpRounds + rounds) * callsPerRound);
    const sides = await openSides(server, seeded.name);
    const measured = [];
    for (const [call, work] of Object.entries(calls)) {
      measured.push({ call, rates: await measure(sides, work) });
      say(`${call}: ${rounds} rounds of ${callsPerRound} calls`);
    }
    await Promise.all([...sides.values()].map(({ side }) => side.close()));
    return report(measured, await server.version());
  } finally {
    await server.stop();
  }
}

/** A database for each contestant. */
async function openSides(server, template) {
  const sides = new Map();
  for (const [name, open] of Object.entries(contestants)) {
    const database = await server.database(template);
    const { rows } = await withClient(database.url, (client) =>
      client.query('SELECT id FROM cairnloop.conversations ORDER BY id'),
    );
    sides.set(name, { side: await open(database.url), ids: rows.map(({ id }) => id) });
  }
  return sides;
}

async function measure(sides, work) {
  const names = Object.keys(contestants);
  const turn = (name, round) => callAll(sides.get(name), round, work);
  await alternate(names, warmUpRounds, turn);
  return alternate(names, rounds, (name, round) => turn(name, warmUpRounds + round));
}

/** Calls a second. What the turn before has left to do, such as news and wake-ups, is done in the pause. */
async function callAll({ side, ids }, round, work) {
  await pause(200);
  const started = performance.now();
  await inParallel(round * callsPerRound, (round + 1) * callsPerRound, (n) => work(side, ids, n));
  return callsPerRound / ((performance.now() - started) / 1000);
}

async function inParallel(from, to, work) {
  let next = from;
  const client = async () => {
    while (next < to) await work(next++);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

function report(measured, version) {
  const ratio = ({ rates }, other) =>
    median(rates.get('cairnloop').map((rate, round) => rate / rates.get(other)[round]));
  const marks = (other, words) =>
    measured.map((one) => atLeast(`${one.call} against ${words}`, ratio(one, other), 0.9));
  return {
    title: 'Ingest',
    about: `Postgres ${version}, embedded, each commit on disk; ${clients} clients, each call on a conversation of its own; ${rounds} rounds of ${callsPerRound} calls in turns. *The same statements* are those that Cairnloop sends, with the same parameters, by bare \`pg\`: the difference is validation, results, and the news for workers and open pages. *By hand* are the same rows, the audit record too, by prepared statements between BEGIN and COMMIT, without what else a message needs: its lock, what it supersedes, the clock that it ends or resumes.`,
    tables: [
      {
        head: ['call', 'Cairnloop, a second', 'the same statements', 'round by round', 'by hand', 'round by round'],
        rows: measured.map((one) => [
          `\`conversations.${one.call}\``,
          figure(median(one.rates.get('cairnloop'))),
          ...['same', 'byHand'].flatMap((other) => [
            figure(median(one.rates.get(other))),
            `${figure(ratio(one, other))}x`,
          ]),
        ]),
      },
    ],
    marks: [...marks('same', 'the same statements'), ...marks('byHand', 'rows written by hand')],
  };
}
