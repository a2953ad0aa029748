import { sql, type Expression } from "kysely";
import type { Store } from "./store.js";

/** Seconds since 1970, or what the database makes of them. */
export type Moment = number | Expression<number>;

/** Now, by the one clock of all processes that share a database, on however many machines: PostgreSQL's. SQLite is on one. */
export const storeNow = ({ dialect }: Store): Moment =>
  dialect === "postgres" ? sql<number>`extract(epoch from statement_timestamp())::double precision` : Date.now() / 1000;

/** So many seconds before. */
export const before = (moment: Moment, seconds: number): Expression<number> =>
  sql<number>`cast(${moment} as double precision) - ${seconds}`;
