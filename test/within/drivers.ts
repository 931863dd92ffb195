import { drizzle as drizzleOnPg } from 'drizzle-orm/node-postgres';
import { drizzle as drizzleOnPostgresJs } from 'drizzle-orm/postgres-js';
import createKnex from 'knex';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';
import { Sequelize } from 'sequelize';
import { DataSource, type EntityManager } from 'typeorm';
import {
  fromDrizzle,
  fromKnex,
  fromKysely,
  fromPrisma,
  fromSequelize,
  fromTypeOrm,
  type TransactionExecutor,
} from '../../src/transactions.js';
import { createPrismaClient } from './prisma-client.js';

/** An open transaction of a driver, as a host uses it. */
export interface HostTransaction {
  executor: TransactionExecutor;
  /** Runs a statement by the driver's own means. */
  sql(text: string): Promise<unknown>;
  /** A nested transaction (a savepoint) by the driver's own means; it is rolled back where `work` throws. */
  nested(work: (tx: HostTransaction) => Promise<unknown>): Promise<unknown>;
}

export interface Driver {
  /** Commits when `work` returns, rolls back when it throws. */
  transaction<T>(work: (tx: HostTransaction) => Promise<T>): Promise<T>;
  close(): Promise<unknown>;
}

/** Opens each driver on a database, with type parsers that spoil every type that they know where `hostile` is set. */
export const drivers: Record<string, (url: string) => Driver | Promise<Driver>> = {
  pg: openPg,
  'Drizzle on pg': openDrizzle,
  'Drizzle on postgres.js': openDrizzleOnPostgresJs,
  Kysely: openKysely,
  Knex: openKnex,
  Prisma: openPrisma,
  TypeORM: openTypeOrm,
  Sequelize: openSequelize,
};

/** By hand, for drivers without nested transactions of their own. */
function savepointBy(tx: Omit<HostTransaction, 'nested'>): HostTransaction {
  const host: HostTransaction = {
    ...tx,
    async nested(work) {
      await tx.sql('SAVEPOINT host_point');
      try {
        const result = await work(host);
        await tx.sql('RELEASE SAVEPOINT host_point');
        return result;
      } catch (error) {
        await tx.sql('ROLLBACK TO SAVEPOINT host_point');
        throw error;
      }
    },
  };
  return host;
}

function openPg(connectionString: string): Driver {
  const pool = new pg.Pool({ connectionString, max: 2 }).on('error', () => {});
  return {
    async transaction(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const result = await work(savepointBy({ executor: client, sql: (text) => client.query(text) }));
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release(true);
      }
    },
    close: () => pool.end(),
  };
}

interface NestingDrizzle {
  execute(query: string): PromiseLike<unknown>;
  transaction<T>(work: (tx: NestingDrizzle) => Promise<T>): Promise<T>;
}

function ofDrizzle(tx: NestingDrizzle): HostTransaction {
  return {
    executor: fromDrizzle(tx),
    sql: async (text) => tx.execute(text),
    nested: (work) => tx.transaction((inner) => work(ofDrizzle(inner))),
  };
}

function openDrizzle(connectionString: string): Driver {
  const pool = new pg.Pool({ connectionString, max: 2 }).on('error', () => {});
  const db = drizzleOnPg(pool) as unknown as NestingDrizzle;
  return { transaction: (work) => db.transaction((tx) => work(ofDrizzle(tx))), close: () => pool.end() };
}

function openDrizzleOnPostgresJs(url: string): Driver {
  const spoil = {
    to: 25,
    from: [25, 20, 1043, 2950],
    serialize: String,
    parse: (text: string) => ` ${text.toUpperCase()}`,
  };
  const sql = postgres(url, { max: 2, onnotice: () => {}, types: { spoil } });
  const db = drizzleOnPostgresJs(sql) as unknown as NestingDrizzle;
  return { transaction: (work) => db.transaction((tx) => work(ofDrizzle(tx))), close: () => sql.end() };
}

function openKysely(connectionString: string): Driver {
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 2 }).on('error', () => {}) }),
  });
  return {
    transaction: (work) =>
      db.transaction().execute((trx) => {
        const executor = fromKysely(trx);
        return work(savepointBy({ executor, sql: (text) => executor.query(text, []) }));
      }),
    close: () => db.destroy(),
  };
}

function openKnex(connection: string): Driver {
  const knex = createKnex({ client: 'pg', connection, pool: { min: 0, max: 2 } });
  const of = (trx: createKnex.Knex.Transaction): HostTransaction => ({
    executor: fromKnex(trx),
    sql: async (text) => trx.raw(text),
    nested: (work) => trx.transaction((inner) => work(of(inner))),
  });
  return { transaction: (work) => knex.transaction((trx) => work(of(trx))), close: () => knex.destroy() };
}

function openPrisma(url: string): Driver {
  const prisma = createPrismaClient(url);
  return {
    transaction: (work) =>
      prisma.$transaction(
        (tx) => work(savepointBy({ executor: fromPrisma(tx), sql: (text) => tx.$executeRawUnsafe(text) })),
        { timeout: 60_000, maxWait: 60_000 },
      ),
    close: () => prisma.$disconnect(),
  };
}

async function openTypeOrm(url: string): Promise<Driver> {
  const source = await new DataSource({ type: 'postgres', url, extra: { max: 2 } }).initialize();
  const of = (manager: EntityManager): HostTransaction => ({
    executor: fromTypeOrm(manager),
    sql: (text) => manager.query(text),
    nested: (work) => manager.transaction((inner) => work(of(inner))),
  });
  return { transaction: (work) => source.transaction((manager) => work(of(manager))), close: () => source.destroy() };
}

function openSequelize(url: string): Driver {
  const sequelize = new Sequelize(url, { dialect: 'postgres', logging: false, pool: { max: 2 } });
  const of = (transaction: import('sequelize').Transaction): HostTransaction => ({
    executor: fromSequelize(sequelize, transaction),
    sql: (text) => sequelize.query(text, { transaction }),
    nested: (work) => sequelize.transaction({ transaction }, (inner) => work(of(inner))),
  });
  return {
    transaction: (work) => sequelize.transaction((transaction) => work(of(transaction))),
    close: () => sequelize.close(),
  };
}
