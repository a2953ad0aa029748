import type { Store } from "./store.js";
import type { NodeRow } from "./tables.js";

/** What a person knows of a node. */
export interface NodeLabel {
  devEui: string;
  name?: string;
  latitude?: number;
  longitude?: number;
}

/** Nodes that are expected: they are in the list before anything has come from them. */
export async function registerNodes({ db }: Store, nodes: readonly NodeLabel[]): Promise<void> {
  for (const { devEui, name = null, latitude = null, longitude = null } of nodes) {
    const known = { name, latitude, longitude };
    await db
      .insertInto("nodes")
      .values({ devEui: devEui.toLowerCase(), safeMode: 0, ...known })
      .onConflict((conflict) => conflict.column("devEui").doUpdateSet(known))
      .execute();
  }
}

/** In order of DevEUI. @param after the last DevEUI of the page before */
export async function listNodes({ db }: Store, limit: number, after = ""): Promise<NodeRow[]> {
  return await db.selectFrom("nodes").selectAll().where("devEui", ">", after).orderBy("devEui").limit(limit).execute();
}

export async function findNode({ db }: Store, devEui: string): Promise<NodeRow | undefined> {
  return await db.selectFrom("nodes").selectAll().where("devEui", "=", devEui).executeTakeFirst();
}
