import { findNetworks, type NetworkDescription } from "./networks.js";
import type { Store } from "./store.js";

/** A deferred window, for programs. */
export interface Doubt {
  id: number;
  devEui: string;
  sequence: number;
  /** Its start, seconds since 1970. */
  at: number;
  /** The node's own verdict. */
  label: number;
  confidence: number;
  /** The cloud's decision, and what a person says; null: nothing yet. */
  decidedLabel: number | null;
  personLabel: number | null;
  frames: number;
  features: number;
  /** How it was compressed on its way: frames averaged into one, and bits that are left of each value. */
  pool: number;
  bits: number;
  /** The int8 input of the node's network, frame after frame, in base64. */
  window: string;
  /** ID of what it was made with; null: not known. */
  network: string | null;
}

/** Some of them, in the order of their IDs, with the networks that they name. */
export interface DoubtPage {
  networks: Record<string, NetworkDescription>;
  doubts: Doubt[];
  /** `after` of the next page; null: there is none. */
  next: number | null;
}

/** @param labelled only those of which a person has said something */
export async function listDoubts(
  store: Store,
  { limit, after = 0, labelled }: { limit: number; after?: number; labelled: boolean },
): Promise<DoubtPage> {
  let query = store.db
    .selectFrom("deferrals")
    .leftJoin("decisions", "decisions.uplinkId", "deferrals.uplinkId")
    .leftJoin("personLabels", "personLabels.uplinkId", "deferrals.uplinkId")
    .select([
      "deferrals.uplinkId as id",
      "deferrals.devEui",
      "deferrals.sequence",
      "deferrals.at",
      "deferrals.label",
      "deferrals.confidence",
      "decisions.label as decidedLabel",
      "personLabels.label as personLabel",
      "deferrals.frames",
      "deferrals.features",
      "deferrals.pool",
      "deferrals.bits",
      "deferrals.window",
      "deferrals.network",
    ])
    .where("deferrals.content", "=", "window")
    .where("deferrals.uplinkId", ">", after)
    .orderBy("deferrals.uplinkId")
    .limit(limit);
  if (labelled) query = query.where("personLabels.label", "is not", null);
  const rows = await query.execute();
  const ids = new Set(rows.flatMap(({ network }) => network ?? []));
  return {
    networks: await findNetworks(store, [...ids]),
    // A row whose content is a window has all of it.
    doubts: rows.map(({ frames, features, pool, bits, window, ...row }) => ({
      ...row,
      ...{ frames: frames!, features: features!, pool: pool!, bits: bits! },
      window: Buffer.from(window!).toString("base64"),
    })),
    next: rows.length === limit ? rows.at(-1)!.id : null,
  };
}
