import { sql, type Expression, type Kysely } from "kysely";
import type { Store } from "./store.js";
import type { Tables } from "./tables.js";

/** Seconds since 1970, or what the database makes of them. */
export type Moment = number | Expression<number>;

/** Now, by the one clock of all processes that share a database, on however many machines: PostgreSQL's. SQLite is on one. */
export const storeNow = ({ dialect }: Store): Moment =>
  dialect === "postgres" ? sql<number>`extract(epoch from statement_timestamp())::double precision` : Date.now() / 1000;

/** So many seconds before. */
export const before = (moment: Moment, seconds: number): Expression<number> =>
  sql<number>`cast(${moment} as double precision) - ${seconds}`;

/** The same as a number. @param db default: the store's; a transaction of it */
export async function storeTime(store: Store, db: Kysely<Tables> = store.db): Promise<number> {
  if (store.dialect === "sqlite") return Date.now() / 1000;
  const { rows } = await sql<{ now: number }>`select ${storeNow(store)} as now`.execute(db);
  return rows[0]!.now;
}
