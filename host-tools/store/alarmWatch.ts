import { randomUUID } from "node:crypto";
import type { Transaction } from "kysely";
import { findClosing, findOpening, type AlarmRule, type Found, type Look } from "./alarmRules.js";
import type { AlarmRow } from "./alarmTables.js";
import { storeTime } from "./clock.js";
import { withGap, type Gap } from "./listening.js";
import type { Store } from "./store.js";
import type { Tables } from "./tables.js";

/** s that pass at least between two looks, whichever processes look. */
const leastSeconds = 5;
/** Alarms of a rule that a look opens, or closes; the next one goes on. */
const most = 1000;
/** s by which another machine's clock may be ahead. */
const ahead = 60;

export interface AlarmRules {
  rules: readonly AlarmRule[];
  /** Names of those that are told of each alarm that opens or closes. */
  channels: readonly string[];
  /** What a person is told of it. */
  describe(rule: AlarmRule, found: Found): Pick<AlarmRow, "what" | "value">;
}

/**
 * Opens and closes alarms, as the rules say of what is stored, and with each stores whom to tell: all of it, or nothing. Of several processes that
 * call it one does it at a time.
 * @param given seconds since 1970; default: the clock of all processes
 * @returns how many were opened and closed; undefined: another process has just looked
 */
export async function lookForAlarms(
  store: Store,
  { rules, channels, describe }: AlarmRules,
  given?: number,
): Promise<{ opened: number; closed: number } | undefined> {
  return await store.db.transaction().execute(async (trx) => {
    const now = given ?? (await storeTime(store, trx));
    const look = await begin(trx, now);
    if (!look) return undefined;
    if (rules.some(({ kind }) => kind === "silent")) await forgetFuture(trx, now);
    const closed = await trx
      .updateTable("alarms")
      .set({ closedAt: now })
      .where("closedAt", "is", null)
      .$if(rules.length > 0, (query) =>
        query.where(
          "rule",
          "not in",
          rules.map(({ name }) => name),
        ),
      )
      .returning("id")
      .execute();
    const opened: { id: number }[] = [];
    for (const rule of rules) {
      closed.push(...(await close(trx, await findClosing(trx, rule, look, most), now)));
      opened.push(...(await open(trx, rule, look, describe)));
    }
    await tell(trx, "opened", opened, channels, now);
    await tell(trx, "closed", closed, channels, now);
    await endOthers(trx, channels, now);
    return { opened: opened.length, closed: closed.length };
  });
}

/** Holds the row until the transaction ends: others wait, and then find that it was done. */
async function begin(trx: Transaction<Tables>, now: number): Promise<Look | undefined> {
  const row = await trx
    .updateTable("alarmWatch")
    .set(({ ref }) => ({ previousAt: ref("evaluatedAt"), evaluatedAt: now }))
    // A time in the future is of a clock that has gone back.
    .where(({ eb, or }) => or([eb("evaluatedAt", "<=", now - leastSeconds), eb("evaluatedAt", ">", now)]))
    .returning(["previousAt", "gaps"])
    .executeTakeFirst();
  if (!row) return undefined;
  const gaps = withGap(JSON.parse(row.gaps) as Gap[], row.previousAt, now);
  await trx
    .updateTable("alarmWatch")
    .set({ gaps: JSON.stringify(gaps) })
    .execute();
  return { now, gaps };
}

/** A node that was heard in the future, by a clock that was wrong, would be silent for longer than anyone is told. */
async function forgetFuture(trx: Transaction<Tables>, now: number): Promise<void> {
  await trx
    .updateTable("nodes")
    .set({ lastSeen: now })
    .where("lastSeen", ">", now + ahead)
    .execute();
}

async function open(
  trx: Transaction<Tables>,
  rule: AlarmRule,
  look: Look,
  describe: AlarmRules["describe"],
): Promise<{ id: number }[]> {
  const { name, kind } = rule;
  const rows = (await findOpening(trx, rule, look, most)).map((found) => ({
    ...{ devEui: found.devEui, rule: name, kind, ...describe(rule, found) },
    ...{ openedAt: look.now, closedAt: null },
  }));
  if (rows.length === 0) return [];
  return await trx
    .insertInto("alarms")
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .execute();
}

async function close(trx: Transaction<Tables>, ids: number[], now: number): Promise<{ id: number }[]> {
  if (ids.length > 0) await trx.updateTable("alarms").set({ closedAt: now }).where("id", "in", ids).execute();
  return ids.map((id) => ({ id }));
}

async function tell(
  trx: Transaction<Tables>,
  event: "opened" | "closed",
  alarms: { id: number }[],
  channels: readonly string[],
  now: number,
): Promise<void> {
  const about = { event, dueAt: now, tries: 0, doneAt: null, failedAt: null, error: null };
  for (const channel of channels)
    for (let i = 0; i < alarms.length; i += most)
      await trx
        .insertInto("alarmDeliveries")
        .values(alarms.slice(i, i + most).map(({ id }) => ({ id: randomUUID(), alarmId: id, channel, ...about })))
        .execute();
}

/** What waits for a channel that there is no longer is not sent later, when there is one of its name again. */
async function endOthers(trx: Transaction<Tables>, channels: readonly string[], now: number): Promise<void> {
  await trx
    .updateTable("alarmDeliveries")
    .set({ failedAt: now, error: "the cloud's description has no such channel any more" })
    .where("doneAt", "is", null)
    .where("failedAt", "is", null)
    .$if(channels.length > 0, (query) => query.where("channel", "not in", channels))
    .execute();
}
