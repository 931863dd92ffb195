import type { Cairnloop } from '../../contracts/cairnloop.js';
import type { OpenInput } from '../../contracts/inputs.js';
import { demoOperator } from './life-cycle.js';

/** A sample conversation: how it begins, and what the operator does with it. */
interface Seed {
  open: OpenInput;
  reply?: string;
  note?: string;
  followUp?: string;
  resolve?: boolean;
  rating?: 'positive' | 'negative';
}

const seeds: readonly Seed[] = [
  {
    open: {
      actorId: 'cus_0588',
      subject: 'How do I invite a colleague?',
      tags: ['faq'],
      message: 'We have a new team member. Where do I add her?',
    },
    reply: 'Under Settings > Members. She gets an e-mail with a link at once.',
    resolve: true,
    rating: 'positive',
  },
  {
    open: {
      actorId: 'cus_0417',
      subject: 'Invoice total looks wrong',
      priority: 'high',
      tags: ['billing'],
      message: 'Our invoice INV-2207 lists 44 seats, but we have 42.',
    },
    note: 'Two seats were removed on the 3rd; the invoice was drawn on the 1st.',
  },
  {
    open: {
      actorId: 'cus_0731',
      subject: 'The app crashes when I open a note',
      message: 'Since yesterday it closes as soon as I tap a note with a picture in it.',
    },
    reply: 'Sorry about that. Which version do you have? It stands under Settings > About.',
    followUp: '4.12.0, on Android.',
  },
  {
    open: {
      actorId: 'cus_0588',
      subject: 'Refund for October',
      message: 'We were charged twice. May I have a refund?',
    },
  },
  {
    open: { actorId: 'cus_0417', subject: 'Cannot sign in', tags: ['faq'], message: 'I forgot my password.' },
  },
  {
    open: {
      actorId: 'cus_0731',
      subject: 'Export keeps failing',
      message: 'The CSV export stops halfway, at about 2,000 rows.',
    },
  },
];

/** The customer whom the demo's portal shows; they have two conversations. */
export const demoCustomer = { id: 'cus_0588', name: 'Tomasz Zielinski' };

const names: Record<string, string> = {
  [demoCustomer.id]: demoCustomer.name,
  cus_0417: 'Ines Duarte',
  cus_0731: 'Amara Okafor',
};

/** Adds the sample conversations to an empty database; one that has conversations is not changed. */
export async function seedDemo(cairnloop: Cairnloop): Promise<void> {
  const { items } = await cairnloop.conversations.list({ limit: 1 });
  if (items.length > 0) return;
  for (const seed of seeds) await plant(cairnloop, seed);
}

async function plant({ conversations }: Cairnloop, seed: Seed): Promise<void> {
  const { id } = await conversations.open({ ...seed.open, customer: { name: names[seed.open.actorId ?? ''] ?? null } });
  if (seed.note) await conversations.note(id, { content: seed.note, actor: demoOperator });
  if (seed.reply) await conversations.reply(id, { content: seed.reply, actor: demoOperator });
  if (seed.followUp) await conversations.receive(id, { content: seed.followUp });
  if (seed.resolve) await conversations.resolve(id, { resolvedBy: demoOperator });
  if (seed.rating) await conversations.submitCsat(id, seed.rating);
}
