/**
 * `cairnloop/transactions`: makes of another library's open transaction what `cairnloop.within` takes. A client of `pg`
 * needs none of these. No library is imported: what is asked for is written down as types.
 */
import { randomUUID } from 'node:crypto';
import type { TransactionExecutor } from './within/executor.js';

export type { TransactionExecutor } from './within/executor.js';

/**
 * What {@link fromDrizzle} needs of a transaction of `drizzle-orm/node-postgres`, `/postgres-js` or `/neon-serverless`.
 */
export interface DrizzleTransaction {
  // biome-ignore lint/suspicious/noExplicitAny: the class SQL belongs to drizzle-orm, which is not imported
  execute(query: any): PromiseLike<unknown>;
}

/** The executor of `db.transaction(async (tx) => …)` of Drizzle. */
export function fromDrizzle(tx: DrizzleTransaction): TransactionExecutor {
  return {
    transaction: tx,
    async query(text, values) {
      // What Drizzle asks of a query that is written by hand.
      const query = { getSQL: () => query, toQuery: () => ({ sql: text, params: values }) };
      const result = await tx.execute(query);
      return { rows: Array.isArray(result) ? [...result] : (result as { rows: object[] }).rows };
    },
  };
}

/** What {@link fromKysely} needs of a transaction. */
export interface KyselyTransaction {
  // biome-ignore lint/suspicious/noExplicitAny: the type CompiledQuery belongs to kysely, which is not imported
  executeQuery(query: any): Promise<{ rows: unknown[] }>;
}

/** The executor of `db.transaction().execute(async (trx) => …)` of Kysely. */
export function fromKysely(trx: KyselyTransaction): TransactionExecutor {
  return {
    transaction: trx,
    async query(sql, parameters) {
      // What `CompiledQuery.raw(sql, parameters)` returns.
      const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] };
      const { rows } = await trx.executeQuery({ sql, parameters, query, queryId: { queryId: randomUUID() } });
      return { rows: rows as object[] };
    },
  };
}

/** The part of a Knex transaction that {@link fromKnex} uses. */
export interface KnexTransaction {
  // biome-ignore lint/suspicious/noExplicitAny: the type Raw belongs to knex, which is not imported
  raw(sql: string, bindings: any): PromiseLike<any>;
}

/** The executor of `knex.transaction(async (trx) => …)`. */
export function fromKnex(trx: KnexTransaction): TransactionExecutor {
  return {
    transaction: trx as object,
    async query(text, values) {
      const bindings: unknown[] = [];
      // Knex writes `?` for a parameter, and `\?` for a question mark.
      const sql = text.replace(/\$(\d+)|\?/g, (_, number?: string) => {
        if (number === undefined) return '\\?';
        bindings.push(values[Number(number) - 1]);
        return '?';
      });
      const { rows } = await trx.raw(sql, bindings);
      return { rows };
    },
  };
}

/** What {@link fromPrisma} needs of an interactive transaction. */
export interface PrismaTransaction {
  $queryRawUnsafe(query: string, ...values: unknown[]): PromiseLike<unknown>;
  $executeRawUnsafe(query: string, ...values: unknown[]): PromiseLike<unknown>;
}

/** The executor of `prisma.$transaction(async (tx) => …)`. */
export function fromPrisma(tx: PrismaTransaction): TransactionExecutor {
  return {
    transaction: tx,
    async query(text, values) {
      if (/^\s*(SELECT|WITH)\b/i.test(text)) return { rows: (await tx.$queryRawUnsafe(text, ...values)) as object[] };
      await tx.$executeRawUnsafe(text, ...values);
      return { rows: [] };
    },
  };
}

/** What {@link fromTypeOrm} needs of the EntityManager of a transaction. */
export interface TypeOrmManager {
  query(query: string, parameters?: unknown[]): Promise<unknown>;
}

/** The executor of `dataSource.transaction(async (manager) => …)` of TypeORM. */
export function fromTypeOrm(manager: TypeOrmManager): TransactionExecutor {
  return {
    transaction: manager,
    query: async (text, values) => ({ rows: (await manager.query(text, values)) as object[] }),
  };
}

/** What {@link fromSequelize} needs of an instance of Sequelize 6. */
export interface SequelizeInstance {
  // biome-ignore lint/suspicious/noExplicitAny: the types of its options belong to sequelize, which is not imported
  query(sql: string, options: any): Promise<any>;
}

/** The executor of `sequelize.transaction(async (transaction) => …)`. */
export function fromSequelize(sequelize: SequelizeInstance, transaction: object): TransactionExecutor {
  return {
    transaction,
    query: async (text, bind) => ({
      rows: await sequelize.query(text, { bind, transaction, type: 'SELECT', raw: true }),
    }),
  };
}
