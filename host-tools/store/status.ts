import type { Store } from "./store.js";
import type { NodeStatus } from "./types.js";

/** Of a node that is known; of another one nothing has come that could be shown with it. */
export async function storeStatus({ db }: Store, { devEui, battery, margin }: NodeStatus): Promise<void> {
  await db
    .updateTable("nodes")
    .set({ battery, ...(margin !== undefined && { margin }) })
    .where("devEui", "=", devEui)
    .execute();
}
