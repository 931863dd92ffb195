import { z } from 'zod';
import { decodeIdCursor, encodeCursor } from '../db/cursor.js';
import { statement } from '../db/statement.js';
import { type Delivery, deliveryStates, deliveryTopics, type Page } from '../domain.js';
import { CairnloopError } from '../errors.js';
import { isId, pageLimit, parseInput } from '../input.js';
import type { Runtime } from '../runtime.js';
import { type DeliveryRow, toDelivery } from './claim.js';

const listInput = z
  .object({
    state: z.enum(deliveryStates).optional(),
    topic: z.enum(deliveryTopics).optional(),
    cursor: z.string().optional(),
    limit: pageLimit,
  })
  .default({ limit: 50 });

export type DeliveryListInput = z.input<typeof listInput>;

/** Lists deliveries, newest first. Throws `INPUT_INVALID`, `CURSOR_INVALID`. */
export async function listDeliveries(runtime: Runtime, input?: DeliveryListInput): Promise<Page<Delivery>> {
  const { state, topic, cursor, limit } = parseInput('deliveries.list', listInput, input);
  const before = cursor ? decodeIdCursor(cursor) : null;
  const rows = await runtime.db.run<DeliveryRow>(selectPage, [state ?? null, topic ?? null, before, limit + 1]);
  const items = rows.slice(0, limit).map(toDelivery);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
}

/** One delivery. Throws `DELIVERY_NOT_FOUND`. */
export async function getDelivery(runtime: Runtime, id: string): Promise<Delivery> {
  const [row] = isId(id) ? await runtime.db.run<DeliveryRow>(selectOne, [id]) : [];
  if (!row) throw new CairnloopError('DELIVERY_NOT_FOUND', { id });
  return toDelivery(row);
}

const selectPage = statement(
  'delivery.list',
  (s) => `
    SELECT * FROM ${s}.deliveries
    WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR topic = $2) AND ($3::uuid IS NULL OR id < $3)
    ORDER BY id DESC LIMIT $4`,
);

const selectOne = statement('delivery.get', (s) => `SELECT * FROM ${s}.deliveries WHERE id = $1`);
