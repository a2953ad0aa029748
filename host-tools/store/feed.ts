import type { Selectable } from "kysely";
import type { Store } from "./store.js";
import type { UplinkRow } from "./tables.js";

export type FeedItem = Pick<Selectable<UplinkRow>, "id" | "devEui" | "kind" | "sequence" | "copies" | "lastReceived">;

/** Payloads that came at a time or later, in their order, the last `limit`. Whichever process has taken them. */
export async function receivedSince({ db }: Store, since: number, limit: number): Promise<FeedItem[]> {
  const items = await db
    .selectFrom("uplinks")
    .select(["id", "devEui", "kind", "sequence", "copies", "lastReceived"])
    .where("lastReceived", ">=", since)
    .orderBy("lastReceived", "desc")
    .limit(limit)
    .execute();
  return items.reverse();
}
