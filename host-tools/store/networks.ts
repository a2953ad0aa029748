import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { UpdateStatus } from "../../device/codec/update.js";
import type { Store } from "./store.js";
import type { Tables } from "./tables.js";

/** What the int8 windows of nodes with one network mean: feature = mean + deviation * scale * (value - zeroPoint). */
export interface NetworkDescription {
  /** The nodes' profile (device/profile.ts), its hash as in packages, hexadecimal. */
  profile: string;
  frames: number;
  /** Names, in the order of a frame. */
  features: string[];
  classes: string[];
  /** Of each feature, from the network's normalizer. */
  mean: number[];
  deviation: number[];
  scale: number;
  zeroPoint: number;
}

/** A window as features [frame][feature]: the inverse of the node's normalizer, up to rounding and to what was out of the int8 range. */
export function featuresOf(values: Int8Array, { mean, deviation, scale, zeroPoint }: NetworkDescription): Float32Array {
  const count = mean.length;
  return Float32Array.from(
    values,
    (value, i) => mean[i % count]! + deviation[i % count]! * scale * (value - zeroPoint),
  );
}

/** Stores a network once. @returns its ID, the same for the same description */
export async function storeNetwork({ db }: Store, description: NetworkDescription): Promise<string> {
  const text = JSON.stringify(description);
  const id = createHash("sha256").update(text).digest("hex").slice(0, 16);
  await db
    .insertInto("networks")
    .values({ id, description: text })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return id;
}

/** IDs of networks, by the sequence of the package that brought each to a node; 0: the firmware's own. */
export type NetworkIds = ReadonlyMap<number, string>;

/** Sequence of the network in force on a node at a time, by its last update status until then; 0: the firmware's own, as of one that has never sent any. */
export async function networkInForce(db: Kysely<Tables>, devEui: string, at: number): Promise<number> {
  const last = await db
    .selectFrom("updates")
    .select("status")
    .where("devEui", "=", devEui)
    .where("event", "!=", "settings")
    // The short form has none.
    .where("status", "like", '%"model":%')
    .where("at", "<=", at)
    .orderBy("at", "desc")
    .orderBy("uplinkId", "desc")
    .limit(1)
    .executeTakeFirst();
  return last ? (JSON.parse(last.status) as UpdateStatus).model.sequence : 0;
}

/** The network of a package is known from now on: so is what windows that were kept without it mean. @returns how many there are */
export async function nameNetwork({ db }: Store, model: number, id: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable("deferrals")
    .set({ network: id })
    .where("network", "is", null)
    .where("model", "=", model)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Windows that are kept without a network, by its sequence. */
export async function countUnread({ db }: Store): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom("deferrals")
    .select(({ fn }) => ["model", fn.countAll<number>().as("count")])
    .where("network", "is", null)
    .where("model", "is not", null)
    .groupBy("model")
    .execute();
  return new Map(rows.map(({ model, count }) => [model!, count]));
}

/** By ID. */
export async function findNetworks({ db }: Store, ids: readonly string[]): Promise<Record<string, NetworkDescription>> {
  if (ids.length === 0) return {};
  const rows = await db.selectFrom("networks").selectAll().where("id", "in", ids).execute();
  return Object.fromEntries(rows.map(({ id, description }) => [id, JSON.parse(description) as NetworkDescription]));
}
