import type { Kysely } from "kysely";
import type { Store } from "./store.js";
import type { DeferralRow, Tables } from "./tables.js";

export interface DeferralSummary extends Pick<
  DeferralRow,
  "devEui" | "sequence" | "at" | "received" | "label" | "confidence" | "content" | "model" | "network"
> {
  id: number;
  /** The decision; null: there is none yet. */
  decidedLabel: number | null;
  decidedConfidence: number | null;
  decidedAt: number | null;
  /** When the network server took it, the last time. */
  sentAt: number | null;
  /** What a person says of it, and who; null: nobody yet. */
  personLabel: number | null;
  person: string | null;
}

/** A query of deferrals with their decisions, without the windows. */
export const deferralSummaries = (db: Kysely<Tables>) =>
  db
    .selectFrom("deferrals")
    .leftJoin("decisions", "decisions.uplinkId", "deferrals.uplinkId")
    .leftJoin("personLabels", "personLabels.uplinkId", "deferrals.uplinkId")
    .select(({ selectFrom }) => [
      "deferrals.uplinkId as id",
      "deferrals.devEui",
      "deferrals.sequence",
      "deferrals.at",
      "deferrals.received",
      "deferrals.label",
      "deferrals.confidence",
      "deferrals.content",
      "deferrals.model",
      "deferrals.network",
      "decisions.label as decidedLabel",
      "decisions.confidence as decidedConfidence",
      "decisions.decidedAt",
      "personLabels.label as personLabel",
      "personLabels.person",
      selectFrom("sends")
        .select(({ fn }) => fn.max("sentAt").as("last"))
        .whereRef("sends.uplinkId", "=", "deferrals.uplinkId")
        .as("sentAt"),
    ]);

/** The newest first. @param before the id of the last one of the page before @param waiting only those of which no person has said anything */
export async function listDeferrals(
  { db }: Store,
  { limit, before, devEui, waiting }: { limit: number; before?: number; devEui?: string; waiting?: boolean },
): Promise<DeferralSummary[]> {
  let query = deferralSummaries(db).orderBy("deferrals.uplinkId", "desc").limit(limit);
  if (before !== undefined) query = query.where("deferrals.uplinkId", "<", before);
  if (devEui !== undefined) query = query.where("deferrals.devEui", "=", devEui);
  if (waiting) query = query.where("personLabels.label", "is", null);
  return await query.execute();
}

/** With its window. */
export async function findDeferral(
  { db }: Store,
  id: number,
): Promise<(DeferralSummary & Pick<DeferralRow, "frames" | "features" | "window" | "pool" | "bits">) | undefined> {
  return await deferralSummaries(db)
    .select(["deferrals.frames", "deferrals.features", "deferrals.window", "deferrals.pool", "deferrals.bits"])
    .where("deferrals.uplinkId", "=", id)
    .executeTakeFirst();
}
