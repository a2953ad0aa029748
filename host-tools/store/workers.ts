import { before, storeNow } from "./clock.js";
import type { Store } from "./store.js";

/** A process that has not been seen for so long (s) has ended, and what the broker keeps for it is another's to take. */
const leaseSeconds = 15;

/** Says that a session at a broker has its process. @param crew processes that share uplinks: they may take each other's sessions over */
export async function holdSession(store: Store, crew: string, clientId: string): Promise<void> {
  const held = { crew, holder: clientId, seenAt: storeNow(store) };
  await store.db
    .insertInto("workers")
    .values({ clientId, ...held })
    .onConflict((conflict) => conflict.column("clientId").doUpdateSet(held))
    .execute();
}

/** The same of one that was taken over, as long as its own process is not back. */
export async function holdTaken(store: Store, clientId: string, holder: string): Promise<void> {
  await store.db
    .updateTable("workers")
    .set({ seenAt: storeNow(store) })
    .where("clientId", "=", clientId)
    .where("holder", "=", holder)
    .execute();
}

/** Takes over a session whose process has ended. @param holder client ID of the process that does @returns the session's client ID; undefined: there is none */
export async function takeSession(store: Store, crew: string, holder: string): Promise<string | undefined> {
  const { db } = store;
  const now = storeNow(store);
  const left = db
    .selectFrom("workers")
    .select("clientId")
    .where("crew", "=", crew)
    .where("clientId", "!=", holder)
    .where("seenAt", "<=", before(now, leaseSeconds))
    .orderBy("seenAt")
    .limit(1);
  const taken = await db
    .updateTable("workers")
    .set({ holder, seenAt: now })
    .where("clientId", "=", left)
    // Another process may have been first.
    .where("seenAt", "<=", before(now, leaseSeconds))
    .returning("clientId")
    .executeTakeFirst();
  return taken?.clientId;
}

/** It is empty, and ended. */
export async function forgetSession({ db }: Store, clientId: string, holder: string): Promise<void> {
  await db.deleteFrom("workers").where("clientId", "=", clientId).where("holder", "=", holder).execute();
}

/** Its process ends: another one need not wait. */
export async function leaveSession({ db }: Store, clientId: string, holder: string): Promise<void> {
  await db
    .updateTable("workers")
    .set({ seenAt: 0 })
    .where("clientId", "=", clientId)
    .where("holder", "=", holder)
    .execute();
}
