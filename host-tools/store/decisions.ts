import { before, type Moment } from "./clock.js";
import type { Store } from "./store.js";
import type { Answer } from "./types.js";

/** A decision whose sender has not said that it was sent is another's to send after this (s). */
const claimSeconds = 10;

/** Stores the decision on a deferral. @returns the one that counts: the first */
export async function decide(
  { db }: Store,
  deferral: { id: number; devEui: string; sequence: number },
  { label, confidence }: Answer,
  now: number,
): Promise<Answer> {
  const { id: uplinkId, devEui, sequence } = deferral;
  return await db.transaction().execute(async (trx) => {
    const row = { uplinkId, devEui, sequence, label, confidence, decidedAt: now };
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto("decisions")
      .values(row)
      .onConflict((conflict) => conflict.column("uplinkId").doNothing())
      .executeTakeFirstOrThrow();
    const counts = await trx
      .selectFrom("decisions")
      .select(["label", "confidence"])
      .where("uplinkId", "=", uplinkId)
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows)
      await trx
        .updateTable("nodes")
        .set({ label, confidence })
        .where("devEui", "=", devEui)
        .where("verdictAt", "=", (eb) => eb.selectFrom("deferrals").select("at").where("uplinkId", "=", uplinkId))
        .execute();
    return counts;
  });
}

/**
 * The right to send the decision on a deferral in answer to a frame: one process has it, once, until the decision is sent. One that
 * does not say so in time loses it.
 * @param now by the clock of all processes: `storeNow`
 */
export async function claimSend({ db }: Store, uplinkId: number, frame: string, now: Moment): Promise<boolean> {
  const inserted = await db
    .insertInto("sends")
    .values({ uplinkId, frame, claimedAt: now, sentAt: null })
    .onConflict((conflict) => conflict.columns(["uplinkId", "frame"]).doNothing())
    .executeTakeFirstOrThrow();
  if (inserted.numInsertedOrUpdatedRows) return true;
  const taken = await db
    .updateTable("sends")
    .set({ claimedAt: now })
    .where("uplinkId", "=", uplinkId)
    .where("frame", "=", frame)
    .where("sentAt", "is", null)
    .where("claimedAt", "<=", before(now, claimSeconds))
    .executeTakeFirstOrThrow();
  return taken.numUpdatedRows > 0n;
}

/** The network server has it. */
export async function markSent({ db }: Store, uplinkId: number, frame: string, now: Moment): Promise<void> {
  await db
    .updateTable("sends")
    .set({ sentAt: now })
    .where("uplinkId", "=", uplinkId)
    .where("frame", "=", frame)
    .execute();
}

/** A deferral whose last frame has no answer. */
export interface Unanswered {
  id: number;
  devEui: string;
  frame: string;
  port: number;
  payload: Uint8Array;
  lastReceived: number;
  /** See `Taken`; null: none, or stored by an earlier version. */
  model: number | null;
}

/**
 * Deferrals that a process has left: their last frame came `claimSeconds` ago or earlier, after `since`, and no decision was sent in answer to it.
 * @param models networks that there are: windows of others wait
 */
export async function unanswered(
  { db }: Store,
  now: Moment,
  since: number,
  models: readonly number[],
): Promise<Unanswered[]> {
  return await db
    .selectFrom("uplinks")
    .innerJoin("deferrals", "deferrals.uplinkId", "uplinks.id")
    .select(["uplinks.id", "uplinks.devEui", "uplinks.frame", "uplinks.port", "uplinks.payload"])
    .select(["uplinks.lastReceived", "deferrals.model"])
    .where(({ eb, or }) => or([eb("deferrals.model", "is", null), eb("deferrals.model", "in", models)]))
    .where("kind", "=", "deferral")
    .where("lastReceived", ">=", since)
    .where("lastReceived", "<=", before(now, claimSeconds))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("sends")
            .select("sends.frame")
            .whereRef("sends.uplinkId", "=", "uplinks.id")
            .whereRef("sends.frame", "=", "uplinks.frame")
            .where(({ eb, or }) => or([eb("sentAt", "is not", null), eb("claimedAt", ">", before(now, claimSeconds))])),
        ),
      ),
    )
    .orderBy("lastReceived")
    .limit(1000)
    .execute();
}
