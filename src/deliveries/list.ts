import { z } from 'zod';
import {
  type Delivery,
  type DeliveryState,
  type DeliveryTopic,
  deliveryStates,
  deliveryTopics,
  type Page,
} from '../contracts/domain.js';
import type { DeliveryListInput } from '../contracts/inputs.js';
import { decodeIdCursor, encodeCursor } from '../db/cursor.js';
import { declareStatement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { createInputSchema, isId, pageCursorSchema, pageLimitSchema, parseInput } from '../validation/input.js';
import { type DeliveryRow, toDelivery } from './claim.js';

const stateWords = `one of ${deliveryStates.join(', ')}, or a list of them`;

const listInput = createInputSchema<DeliveryListInput>()({
  state: z.union([z.enum(deliveryStates), z.array(z.enum(deliveryStates))], stateWords).optional(),
  topic: z.enum(deliveryTopics).optional(),
  cursor: pageCursorSchema,
  limit: pageLimitSchema,
}).default({ limit: 50 });

/** Lists deliveries, newest first; by default those of every state. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
export async function listDeliveries({ db }: Pick<Runtime, 'db'>, input?: DeliveryListInput): Promise<Page<Delivery>> {
  const { state, topic, cursor, limit } = parseInput('deliveries.list', listInput, input);
  const states = [state ?? deliveryStates].flat();
  const before = cursor ? decodeIdCursor(cursor) : null;
  const rows = await db.run(selectPage, { states, topic: topic ?? null, before, limit: limit + 1 });
  const items = rows.slice(0, limit).map(toDelivery);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
}

/** Returns a delivery by its id. Throws `DELIVERY_NOT_FOUND`. */
export async function getDelivery({ db }: Pick<Runtime, 'db'>, id: string): Promise<Delivery> {
  const [row] = isId(id) ? await db.run(selectOne, { id }) : [];
  if (!row) throw new CairnloopError('DELIVERY_NOT_FOUND', { id });
  return toDelivery(row);
}

/** Lists deliveries with one subquery for each state, so that pending and discarded ones are read by their indexes. */
const selectPage = declareStatement<
  { states: DeliveryState[]; topic: DeliveryTopic | null; before: string | null; limit: number },
  DeliveryRow
>('delivery.list', (s, p) => {
  const pageOf = (state: DeliveryState) => `(
    SELECT * FROM ${s}.deliveries
    WHERE '${state}' = ANY (${p.states}::text[]) AND state = '${state}'
      AND (${p.topic}::text IS NULL OR topic = ${p.topic}) AND (${p.before}::uuid IS NULL OR id < ${p.before})
    ORDER BY id DESC LIMIT ${p.limit}
  )`;
  return `${deliveryStates.map(pageOf).join(' UNION ALL ')} ORDER BY id DESC LIMIT ${p.limit}`;
});

const selectOne = declareStatement<{ id: string }, DeliveryRow>(
  'delivery.get',
  (s, p) => `SELECT * FROM ${s}.deliveries WHERE id = ${p.id}`,
);
