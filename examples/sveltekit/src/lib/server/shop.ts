/** A part of the shop that writes a row of its own and a conversation in one transaction: both are there, or neither. */
import type { Actor, Cairnloop } from 'cairnloop';
import pg from 'pg';

const uniqueViolation = '23505';

/** The shop's own tables, over its own connections to the same database. */
export async function openShop(url = process.env.DATABASE_URL) {
  // The pool replaces a connection that Postgres ends; without a listener the error would end the process.
  const pool = new pg.Pool({ connectionString: url }).on('error', () => {});
  await pool.query('CREATE TABLE IF NOT EXISTS refunds ("orderId" text PRIMARY KEY)');

  /** Refunds an order and writes to its customer. Returns the conversation's id, or null where it was refunded already. */
  async function refund(cairnloop: Cairnloop, orderId: string, actor: Actor): Promise<string | null> {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { conversations } = cairnloop.within(client);
      const { id } = await conversations.open({ actorId: 'customer-42', subject: `Refund of order ${orderId}` });
      await conversations.reply(id, { content: 'Your money is on its way.', actor });
      // Where it fails there is no conversation, and nobody is notified of a refund.
      await client.query('INSERT INTO refunds ("orderId") VALUES ($1)', [orderId]);
      await client.query('COMMIT');
      return id;
    } catch (error) {
      await client.query('ROLLBACK');
      if ((error as { code?: string }).code === uniqueViolation) return null;
      throw error;
    } finally {
      client.release();
    }
  }
  return { refund, close: () => pool.end() };
}
