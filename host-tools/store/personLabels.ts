import type { Store } from "./store.js";
import type { PersonLabelRow } from "./tables.js";

/** Stores what a person says of a deferred window; the last one counts. @returns false: there is no such deferral */
export async function labelDeferral({ db }: Store, row: PersonLabelRow): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const { uplinkId, ...said } = row;
    const deferral = await trx
      .selectFrom("deferrals")
      .select("uplinkId")
      .where("uplinkId", "=", uplinkId)
      .executeTakeFirst();
    if (!deferral) return false;
    await trx
      .insertInto("personLabels")
      .values(row)
      .onConflict((conflict) => conflict.column("uplinkId").doUpdateSet(said))
      .execute();
    return true;
  });
}
