import {
  PostgresDialect,
  sql,
  type Dialect as KyselyDialect,
  type Kysely,
  type KyselyPlugin,
  type UnknownRow,
} from "kysely";
import pg from "pg";
import { UserError } from "../lib/errors.js";
import { systemReason } from "../lib/systemreasons.js";
import { openSqlite } from "./sqlite.js";
import type { Tables } from "./tables.js";

export type Dialect = "sqlite" | "postgres";

/** PostgreSQL for its URL, else SQLite in a file; ":memory:" is a database that ends with the process. */
export const dialectOf = (place: string): Dialect => (/^postgres(ql)?:\/\//.test(place) ? "postgres" : "sqlite");

/** s: a process that has stopped amid a transaction holds rows that others wait for. */
const longestPause = 15;

/** As a statement: PgBouncer refuses what it does not know among a connection's parameters. */
const limitTransactions = async (client: pg.ClientBase): Promise<void> => {
  await client.query(`set idle_in_transaction_session_timeout = '${longestPause}s'`);
};

/** @throws UserError for a file that is no database, or cannot be written */
export function openDialect(place: string): KyselyDialect {
  if (dialectOf(place) === "sqlite") return openSqlite(place);
  // Counts and identifiers, here far below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  // pg-pool waits for what it returns; its types do not say so.
  const onConnect = limitTransactions as (client: pg.ClientBase) => void;
  const pool = new pg.Pool({ connectionString: place, keepAlive: true, onConnect });
  // When the server restarts: the next query opens another connection. Who uses one hears of it by his query.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return new PostgresDialect({ pool });
}

/** libsql gives bytes as ArrayBuffer, PostgreSQL as Buffer: here both are Buffer. */
export const bytesAsBuffer: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: ({ result }) => {
    for (const row of result.rows)
      for (const [name, value] of Object.entries(row)) if (value instanceof ArrayBuffer) row[name] = Buffer.from(value);
    return Promise.resolve(result as typeof result & { rows: UnknownRow[] });
  },
};

/** @throws UserError when the database cannot be reached */
export async function requireReachable(db: Kysely<Tables>, place: string): Promise<void> {
  try {
    await sql`select 1`.execute(db);
  } catch (error) {
    throw new UserError(
      `the database at ${withoutPassword(place)}: ${(error as Error).message || systemReason(error)}; expected a PostgreSQL server, postgres://USER:PASSWORD@HOST:PORT/DATABASE`,
    );
  }
}

function withoutPassword(place: string): string {
  try {
    const { host, pathname } = new URL(place);
    return `${host}${pathname}`;
  } catch {
    return "DATABASE_URL, which is no URL";
  }
}
