import { sql } from "kysely";
import type { AlarmDeliveryRow, AlarmRow } from "./alarmTables.js";
import type { Store } from "./store.js";

/** s after which another process makes an attempt anew; longer than any attempt takes. */
export const claimSeconds = 120;
/** s between attempts: four times as many after each, up to an hour. */
const [firstPause, longestPause] = [10, 3600];
/** After so many, of which the last is some seven hours after the first, nobody tries again. */
export const mostTries = 12;

/** What is to be told of an alarm. */
export interface Delivery extends Pick<AlarmDeliveryRow, "id" | "event" | "tries"> {
  alarm: { id: number; nodeName: string | null } & Omit<AlarmRow, "id">;
}

/**
 * The right to make the next attempt of what is due for a channel, the oldest first. Another process gets it when the claim is over.
 * That an alarm has closed is told after that it has opened.
 * @param now by the clock of all processes: storeTime
 */
export async function claimDeliveries({ db }: Store, channel: string, limit: number, now: number): Promise<Delivery[]> {
  // What is due later than any pause was stored by a clock that has gone back.
  const isDue = sql<boolean>`(due_at <= ${now} or due_at > ${now + longestPause + claimSeconds})`;
  const due = await db
    .selectFrom("alarmDeliveries as one")
    .select("id")
    .where("channel", "=", channel)
    .where("doneAt", "is", null)
    .where("failedAt", "is", null)
    .where(isDue)
    .where(({ not, or, eb, exists, selectFrom }) =>
      or([
        eb("event", "=", "opened"),
        not(
          exists(
            selectFrom("alarmDeliveries as before")
              .select("before.id")
              .whereRef("before.alarmId", "=", "one.alarmId")
              .whereRef("before.channel", "=", "one.channel")
              .where("before.event", "=", "opened")
              .where("before.doneAt", "is", null)
              .where("before.failedAt", "is", null),
          ),
        ),
      ]),
    )
    .orderBy("dueAt")
    .orderBy("alarmId")
    .limit(limit)
    .execute();
  if (due.length === 0) return [];
  const claimed = await db
    .updateTable("alarmDeliveries")
    .set(({ eb }) => ({ dueAt: now + claimSeconds, tries: eb("tries", "+", 1) }))
    .where(
      "id",
      "in",
      due.map(({ id }) => id),
    )
    // Another process may have been first.
    .where("doneAt", "is", null)
    .where("failedAt", "is", null)
    .where(isDue)
    .returning(["id"])
    .execute();
  if (claimed.length === 0) return [];
  const rows = await db
    .selectFrom("alarmDeliveries as one")
    .innerJoin("alarms", "alarms.id", "one.alarmId")
    .innerJoin("nodes", "nodes.devEui", "alarms.devEui")
    .selectAll("alarms")
    .select(["one.id as delivery", "one.event", "one.tries", "nodes.name as nodeName"])
    .where(
      "one.id",
      "in",
      claimed.map(({ id }) => id),
    )
    .orderBy("alarms.id")
    .execute();
  return rows.map(({ delivery, event, tries, ...alarm }) => ({ id: delivery, event, tries, alarm }));
}

/** The receiver has it. @param remark what is to be known of it nevertheless */
export async function markDelivered({ db }: Store, { id }: Delivery, now: number, remark?: string): Promise<void> {
  const done = { doneAt: now, failedAt: null, error: remark ?? null };
  await db.updateTable("alarmDeliveries").set(done).where("id", "=", id).execute();
}

/** The receiver has not taken it: the next attempt is made later, or none. @param error without secrets: the page shows it */
export async function markUndelivered(
  { db }: Store,
  { id, tries }: Delivery,
  error: string,
  now: number,
): Promise<void> {
  const pause = Math.min(longestPause, firstPause * 4 ** (tries - 1));
  await db
    .updateTable("alarmDeliveries")
    .set({ error, ...(tries >= mostTries ? { failedAt: now } : { dueAt: now + pause }) })
    .where("id", "=", id)
    .where("doneAt", "is", null)
    .execute();
}
