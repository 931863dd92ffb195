import { z } from 'zod';
import { type Delivery, type DeliveryState, deliveryStates, deliveryTopics, type Page } from '../contracts/domain.js';
import type { DeliveryListInput } from '../contracts/inputs.js';
import { decodeIdCursor, encodeCursor } from '../db/cursor.js';
import { statement } from '../db/statement.js';
import { CairnloopError } from '../foundation/errors.js';
import type { Runtime } from '../runtime.js';
import { isId, pageCursor, pageLimit, parseInput, schemaOf } from '../validation/input.js';
import { type DeliveryRow, toDelivery } from './claim.js';

const stateWords = `one of ${deliveryStates.join(', ')}, or a list of them`;

const listInput = schemaOf<DeliveryListInput>()({
  state: z.union([z.enum(deliveryStates), z.array(z.enum(deliveryStates))], stateWords).optional(),
  topic: z.enum(deliveryTopics).optional(),
  cursor: pageCursor,
  limit: pageLimit,
}).default({ limit: 50 });

/** Lists deliveries, newest first, by default of every state. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
export async function listDeliveries({ db }: Pick<Runtime, 'db'>, input?: DeliveryListInput): Promise<Page<Delivery>> {
  const { state, topic, cursor, limit } = parseInput('deliveries.list', listInput, input);
  const states = [state ?? deliveryStates].flat();
  const before = cursor ? decodeIdCursor(cursor) : null;
  const rows = await db.run<DeliveryRow>(selectPage, [states, topic ?? null, before, limit + 1]);
  const items = rows.slice(0, limit).map(toDelivery);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
}

/** One delivery. Throws `DELIVERY_NOT_FOUND`. */
export async function getDelivery({ db }: Pick<Runtime, 'db'>, id: string): Promise<Delivery> {
  const [row] = isId(id) ? await db.run<DeliveryRow>(selectOne, [id]) : [];
  if (!row) throw new CairnloopError('DELIVERY_NOT_FOUND', { id });
  return toDelivery(row);
}

/** One query for each state, so that pending and discarded ones use their indexes. */
const selectPage = statement('delivery.list', (s) => {
  const pageOf = (state: DeliveryState) => `(
    SELECT * FROM ${s}.deliveries
    WHERE '${state}' = ANY ($1::text[]) AND state = '${state}'
      AND ($2::text IS NULL OR topic = $2) AND ($3::uuid IS NULL OR id < $3)
    ORDER BY id DESC LIMIT $4
  )`;
  return `${deliveryStates.map(pageOf).join(' UNION ALL ')} ORDER BY id DESC LIMIT $4`;
});

const selectOne = statement('delivery.get', (s) => `SELECT * FROM ${s}.deliveries WHERE id = $1`);
