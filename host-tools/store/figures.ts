import { sql } from "kysely";
import type { Store } from "./store.js";

/** Of nodes that have been heard: within how many seconds. */
export const seenWithin = { "1h": 3600, "6h": 6 * 3600, "1d": 86400, "7d": 7 * 86400 } as const;
type Within = keyof typeof seenWithin;

export interface FleetFigures {
  nodes: number;
  safeMode: number;
  /** When the last payload came, seconds since 1970; null: none has. */
  lastSeen: number | null;
  seen: Record<Within, number>;
}

/** @param now seconds since 1970 */
export async function fleetFigures({ db }: Store, now: number): Promise<FleetFigures> {
  const names = Object.keys(seenWithin) as Within[];
  const row = await db
    .selectFrom("nodes")
    .select(({ fn }) => [
      fn.countAll<number>().as("nodes"),
      fn.max("lastSeen").as("lastSeen"),
      sql<number>`coalesce(sum(safe_mode), 0)`.as("safeMode"),
      ...names.map((name) =>
        sql<number>`coalesce(sum(case when last_seen >= ${now - seenWithin[name]} then 1 else 0 end), 0)`.as(name),
      ),
    ])
    .executeTakeFirstOrThrow();
  const { nodes, safeMode, lastSeen } = row;
  const seen = names.map((name) => [name, (row as unknown as Record<Within, number>)[name]] as const);
  return {
    ...{ nodes, safeMode, lastSeen },
    seen: Object.fromEntries(seen) as Record<Within, number>,
  };
}

/** Of each kind: payloads, or what payloads say of faults, after the payload with an ID, up to and with another one. */
export async function countBetween(
  { db }: Store,
  table: "uplinks" | "faults",
  after: number,
  until = Number.MAX_SAFE_INTEGER,
): Promise<{ counts: Map<string, number>; last: number }> {
  const id = sql.ref<number>(table === "uplinks" ? "id" : "uplinkId");
  const rows = await db
    .selectFrom(table)
    .select(["kind", sql<number>`count(*)`.as("count"), sql<number>`max(${id})`.as("last")])
    .where(id, ">", after)
    .where(id, "<=", until)
    .groupBy("kind")
    .execute();
  return {
    counts: new Map(rows.map(({ kind, count }) => [kind, count])),
    last: Math.max(after, ...rows.map(({ last }) => last)),
  };
}

/** Of deferrals that came at a time or later: whether the network server took a decision on them. */
export async function deferralFigures({ db }: Store, since: number): Promise<{ open: number; answered: number }> {
  const { all, answered } = await db
    .selectFrom("deferrals")
    .select(({ fn, exists, selectFrom }) => [
      fn.countAll<number>().as("all"),
      fn
        .countAll<number>()
        .filterWhere(
          exists(
            selectFrom("sends")
              .select("sends.frame")
              .whereRef("sends.uplinkId", "=", "deferrals.uplinkId")
              .where("sends.sentAt", "is not", null),
          ),
        )
        .as("answered"),
    ])
    .where("received", ">=", since)
    .executeTakeFirstOrThrow();
  return { open: all - answered, answered };
}

export async function countLabels({ db }: Store): Promise<number> {
  const { count } = await db
    .selectFrom("personLabels")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

export interface SentAnswer {
  uplinkId: number;
  frame: string;
  sentAt: number;
  /** From the frame to the network server's receipt of the decision, s. */
  seconds: number;
}

/** Decisions that the network server took at a time or later, each in answer to the last frame with its deferral. */
export async function answersSince({ db }: Store, since: number, limit: number): Promise<SentAnswer[]> {
  const rows = await db
    .selectFrom("sends")
    .innerJoin("uplinks", (join) =>
      join.onRef("uplinks.id", "=", "sends.uplinkId").onRef("uplinks.frame", "=", "sends.frame"),
    )
    .select(["sends.uplinkId", "sends.frame", "sends.sentAt", "uplinks.lastReceived"])
    .where("sends.sentAt", ">=", since)
    .orderBy("sends.sentAt")
    .limit(limit)
    .execute();
  return rows.map(({ uplinkId, frame, sentAt, lastReceived }) => ({
    ...{ uplinkId, frame, sentAt: sentAt! },
    // Two machines' clocks.
    seconds: Math.max(0, sentAt! - lastReceived),
  }));
}

/** Of processes that share uplinks: when they said last that they live; those that have ended not. */
export async function workerFigures(
  { db }: Store,
  limit: number,
): Promise<{ clientId: string; seenAt: number; isTaken: boolean }[]> {
  const rows = await db
    .selectFrom("workers")
    .select(["clientId", "holder", "seenAt"])
    .where("seenAt", ">", 0)
    .orderBy("seenAt", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ clientId, holder, seenAt }) => ({ clientId, seenAt, isTaken: holder !== clientId }));
}
