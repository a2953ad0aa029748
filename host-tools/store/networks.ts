import { createHash } from "node:crypto";
import type { Store } from "./store.js";

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

/** By ID. */
export async function findNetworks({ db }: Store, ids: readonly string[]): Promise<Record<string, NetworkDescription>> {
  if (ids.length === 0) return {};
  const rows = await db.selectFrom("networks").selectAll().where("id", "in", ids).execute();
  return Object.fromEntries(rows.map(({ id, description }) => [id, JSON.parse(description) as NetworkDescription]));
}
