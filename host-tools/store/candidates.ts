import { comparisonOf, type ComparedDoubt, type Comparison } from "./comparison.js";
import type { Store } from "./store.js";
import type { CandidateRow, CandidateVerdictRow } from "./tables.js";

/** Values of a statement are limited: rows at a time. */
const atOnce = 500;

/** With what it changes, by the labels that there are now. */
export interface CandidateSummary extends CandidateRow {
  comparison: Comparison;
}

/** A window of which a network says something else than the node did. */
export interface ChangedDoubt extends ComparedDoubt {
  id: number;
  devEui: string;
  at: number;
  confidence: number;
}

/** Stores what a network says of windows, in the place of what it said before. Windows that are not kept any longer are left out. @returns how many are stored */
export async function saveCandidate(
  { db }: Store,
  candidate: CandidateRow,
  verdicts: readonly Omit<CandidateVerdictRow, "candidate">[],
): Promise<number> {
  return await db.transaction().execute(async (trx) => {
    await trx.deleteFrom("candidates").where("id", "=", candidate.id).execute();
    await trx.insertInto("candidates").values(candidate).execute();
    let stored = 0;
    for (let i = 0; i < verdicts.length; i += atOnce) {
      const some = verdicts.slice(i, i + atOnce);
      const ids = some.map(({ uplinkId }) => uplinkId);
      const kept = await trx.selectFrom("deferrals").select("uplinkId").where("uplinkId", "in", ids).execute();
      const known = new Set(kept.map(({ uplinkId }) => uplinkId));
      const rows = some.filter(({ uplinkId }) => known.has(uplinkId));
      if (rows.length === 0) continue;
      await trx
        .insertInto("candidateVerdicts")
        .values(rows.map((row) => ({ ...row, candidate: candidate.id })))
        .execute();
      stored += rows.length;
    }
    return stored;
  });
}

const comparedWindows = ({ db }: Store, candidate: string) =>
  db
    .selectFrom("candidateVerdicts")
    .innerJoin("deferrals", "deferrals.uplinkId", "candidateVerdicts.uplinkId")
    .leftJoin("decisions", "decisions.uplinkId", "deferrals.uplinkId")
    .leftJoin("personLabels", "personLabels.uplinkId", "deferrals.uplinkId")
    .select([
      "deferrals.label",
      "decisions.label as decidedLabel",
      "personLabels.label as personLabel",
      "candidateVerdicts.label as newLabel",
      "candidateVerdicts.confidence as newConfidence",
      "candidateVerdicts.isTrained",
    ])
    .where("candidateVerdicts.candidate", "=", candidate);

const compared = <Row extends { isTrained: number }>(row: Row) => ({ ...row, isTrained: row.isTrained === 1 });

/** The last one first. */
export async function listCandidates(store: Store): Promise<CandidateSummary[]> {
  const rows = await store.db.selectFrom("candidates").selectAll().orderBy("comparedAt", "desc").execute();
  return await Promise.all(
    rows.map(async (row) => {
      const doubts = (await comparedWindows(store, row.id).execute()).map(compared);
      return { ...row, comparison: comparisonOf(doubts, row.threshold) };
    }),
  );
}

/** The last window first. @returns undefined: there is no such candidate */
export async function listChanged(store: Store, id: string, limit: number): Promise<ChangedDoubt[] | undefined> {
  const found = await store.db.selectFrom("candidates").select("id").where("id", "=", id).executeTakeFirst();
  if (!found) return undefined;
  const rows = await comparedWindows(store, id)
    .select(["deferrals.uplinkId as id", "deferrals.devEui", "deferrals.at", "deferrals.confidence"])
    .whereRef("candidateVerdicts.label", "<>", "deferrals.label")
    .orderBy("deferrals.uplinkId", "desc")
    .limit(limit)
    .execute();
  return rows.map(compared);
}

/** @returns false: there is none */
export async function removeCandidate({ db }: Store, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("candidates").where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}
