/** A part of the shop that writes a row of its own and a conversation in one transaction: both are there, or neither. */
import type { Actor, Cairnloop } from 'cairnloop';
import { fromSequelize } from 'cairnloop/transactions';
import { DataTypes, Sequelize, UniqueConstraintError } from 'sequelize';

/** The shop's own tables, over its own connections to the same database. */
export async function openShop(url = process.env.DATABASE_URL) {
  const sequelize = new Sequelize(url ?? '', { dialect: 'postgres', logging: false });
  const Refund = sequelize.define('refund', { orderId: { type: DataTypes.STRING, unique: true, allowNull: false } });
  await sequelize.sync();

  /** Refunds an order and writes to its customer. Returns the conversation's id; null: it was refunded already. */
  async function refund(cairnloop: Cairnloop, orderId: string, actor: Actor): Promise<string | null> {
    try {
      return await sequelize.transaction(async (transaction) => {
        const { conversations } = cairnloop.within(fromSequelize(sequelize, transaction));
        const { id } = await conversations.open({ actorId: 'customer-42', subject: `Refund of order ${orderId}` });
        await conversations.reply(id, { content: 'Your money is on its way.', actor });
        // Where it fails there is no conversation, and nobody is notified of a refund.
        await Refund.create({ orderId }, { transaction });
        transaction.afterCommit(() => console.log(`refunded order ${orderId}`));
        return id;
      });
    } catch (error) {
      if (error instanceof UniqueConstraintError) return null;
      throw error;
    }
  }
  return { refund, close: () => sequelize.close() };
}
