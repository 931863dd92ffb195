/**
 * `cairnloop/transactions`: adapts an open transaction of another library for `cairnloop.within`. A client of `pg`
 * needs no adapter. No library is imported: the types describe what each adapter uses.
 */
import { randomUUID } from 'node:crypto';
import type { TransactionExecutor } from './within/executor.js';

export type { TransactionExecutor } from './within/executor.js';

/**
 * The part of a Drizzle transaction that {@link fromDrizzle} uses; of `drizzle-orm/node-postgres`, `/postgres-js` or
 * `/neon-serverless`.
 */
export interface DrizzleTransaction {
  // biome-ignore lint/suspicious/noExplicitAny: the class SQL belongs to drizzle-orm, which is not imported
  execute(query: any): PromiseLike<unknown>;
}

/** Adapts the transaction of Drizzle's `db.transaction(async (tx) => …)`. */
export function fromDrizzle(tx: DrizzleTransaction): TransactionExecutor {
  return {
    transaction: tx,
    async query(text, values) {
      // The shape that Drizzle requires of a query that is written by hand.
      const query = { getSQL: () => query, toQuery: () => ({ sql: text, params: values }) };
      const result = await tx.execute(query);
      return { rows: Array.isArray(result) ? [...result] : (result as { rows: object[] }).rows };
    },
  };
}

/** The part of a Kysely transaction that {@link fromKysely} uses. */
export interface KyselyTransaction {
  // biome-ignore lint/suspicious/noExplicitAny: the type CompiledQuery belongs to kysely, which is not imported
  executeQuery(query: any): Promise<{ rows: unknown[] }>;
}

/** Adapts the transaction of Kysely's `db.transaction().execute(async (trx) => …)`. */
export function fromKysely(trx: KyselyTransaction): TransactionExecutor {
  return {
    transaction: trx,
    async query(sql, parameters) {
      // Build the object that Kysely's `CompiledQuery.raw(sql, parameters)` would return.
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

/** Adapts the transaction of `knex.transaction(async (trx) => …)`. */
export function fromKnex(trx: KnexTransaction): TransactionExecutor {
  return {
    transaction: trx as object,
    async query(text, values) {
      const bindings: unknown[] = [];
      // In Knex, `?` is a parameter and `\?` a question mark.
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

/** The part of an interactive Prisma transaction that {@link fromPrisma} uses. */
export interface PrismaTransaction {
  $queryRawUnsafe(query: string, ...values: unknown[]): PromiseLike<unknown>;
  $executeRawUnsafe(query: string, ...values: unknown[]): PromiseLike<unknown>;
}

/** Adapts the transaction of `prisma.$transaction(async (tx) => …)`. */
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

/** The part of a transaction's EntityManager that {@link fromTypeOrm} uses. */
export interface TypeOrmManager {
  query(query: string, parameters?: unknown[]): Promise<unknown>;
}

/** Adapts the transaction of TypeORM's `dataSource.transaction(async (manager) => …)`. */
export function fromTypeOrm(manager: TypeOrmManager): TransactionExecutor {
  return {
    transaction: manager,
    query: async (text, values) => ({ rows: (await manager.query(text, values)) as object[] }),
  };
}

/** The part of a Sequelize 6 instance that {@link fromSequelize} uses. */
export interface SequelizeInstance {
  // biome-ignore lint/suspicious/noExplicitAny: the types of its options belong to sequelize, which is not imported
  query(sql: string, options: any): Promise<any>;
}

/** Adapts the transaction of `sequelize.transaction(async (transaction) => …)`. */
export function fromSequelize(sequelize: SequelizeInstance, transaction: object): TransactionExecutor {
  return {
    transaction,
    query: async (text, bind) => ({
      rows: await sequelize.query(text, { bind, transaction, type: 'SELECT', raw: true }),
    }),
  };
}
