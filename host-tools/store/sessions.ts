import { sql } from "kysely";
import type { Role } from "./accessTables.js";
import type { Store } from "./store.js";

/** Times are seconds since 1970. */
export async function addSession({ db }: Store, digest: string, userName: string, now: number): Promise<void> {
  await db.insertInto("sessions").values({ digest, userName, createdAt: now, usedAt: now }).execute();
}

/** @returns the user as he is now; undefined: no session, or one that has not been used since `usedSince` or is from before `createdSince` */
export async function findSession(
  { db }: Store,
  digest: string,
  { usedSince, createdSince }: { usedSince: number; createdSince: number },
): Promise<{ name: string; role: Role; usedAt: number } | undefined> {
  return await db
    .selectFrom("sessions")
    .innerJoin("users", "users.name", "sessions.userName")
    .select(["users.name", "users.role", "sessions.usedAt"])
    .where("sessions.digest", "=", digest)
    .where("sessions.usedAt", ">=", usedSince)
    .where("sessions.createdAt", ">=", createdSince)
    .executeTakeFirst();
}

export async function touchSession({ db }: Store, digest: string, now: number): Promise<void> {
  await db.updateTable("sessions").set({ usedAt: now }).where("digest", "=", digest).execute();
}

export async function removeSession({ db }: Store, digest: string): Promise<void> {
  await db.deleteFrom("sessions").where("digest", "=", digest).execute();
}

/** Sessions from before a time, and what was counted before another. */
export async function forgetOld({ db }: Store, createdSince: number, attemptsSince: number): Promise<void> {
  await db.deleteFrom("sessions").where("createdAt", "<", createdSince).execute();
  await db.deleteFrom("attempts").where("since", "<", attemptsSince).execute();
}

/** Counts, in all processes together, from zero again after `seconds`. @returns how many there were, this one too, and when it begins anew */
export async function countAttempt(
  { db }: Store,
  key: string,
  seconds: number,
  now: number,
): Promise<{ count: number; until: number }> {
  const isOver = sql<boolean>`attempts.since <= ${now - seconds}`;
  const { count, since } = await db
    .insertInto("attempts")
    .values({ key, count: 1, since: now })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({
        count: sql<number>`case when ${isOver} then 1 else attempts.count + 1 end`,
        since: sql<number>`case when ${isOver} then ${now} else attempts.since end`,
      }),
    )
    .returning(["count", "since"])
    .executeTakeFirstOrThrow();
  return { count, until: since + seconds };
}

export async function forgetAttempts({ db }: Store, keys: readonly string[]): Promise<void> {
  await db.deleteFrom("attempts").where("key", "in", keys).execute();
}
