import { sql } from "kysely";
import { deferralSummaries, type DeferralSummary } from "./deferrals.js";
import type { Store } from "./store.js";
import type { FaultRow, HealthRow, UplinkRow, VerdictRow } from "./tables.js";

export interface Timeline {
  /** What the node has decided itself. */
  verdicts: Pick<VerdictRow, "at" | "label" | "confidence" | "actions" | "count">[];
  deferrals: DeferralSummary[];
  faults: Pick<FaultRow, "at" | "kind" | "sensor" | "cause" | "count">[];
  health: Omit<HealthRow, "uplinkId" | "devEui">[];
  /** Of the first frame with each payload. */
  link: Pick<
    UplinkRow,
    "received" | "kind" | "dataRate" | "rssi" | "snr" | "airtime" | "gateway" | "gateways" | "copies"
  >[];
  messages: { at: number; numbers: number[] | null; text: string | null }[];
}

/**
 * What came from a node in a time: of each list the newest `limit`, in order of time.
 * @param from to: seconds since 1970, by the node's clock where it knows the time; for the link by this machine's
 */
export async function timeline(
  { db }: Store,
  devEui: string,
  { from, to, limit }: { from: number; to: number; limit: number },
): Promise<Timeline> {
  const during = sql<boolean>`dev_eui = ${devEui} and at >= ${from} and at <= ${to}`;
  const [verdicts, deferrals, faults, health, link, messages] = await Promise.all([
    db
      .selectFrom("verdicts")
      .select(["at", "label", "confidence", "actions", "count"])
      .where(during)
      .orderBy("at", "desc")
      .limit(limit)
      .execute(),
    deferralSummaries(db)
      .where("deferrals.devEui", "=", devEui)
      .where("deferrals.at", ">=", from)
      .where("deferrals.at", "<=", to)
      .orderBy("deferrals.at", "desc")
      .limit(limit)
      .execute(),
    db
      .selectFrom("faults")
      .select(["at", "kind", "sensor", "cause", "count"])
      .where(during)
      .orderBy("at", "desc")
      .limit(limit)
      .execute(),
    db
      .selectFrom("health")
      .select(["at", "safeMode", "battery", "millivolts", "restarts", "heapPeak", "stackPeak", "duty"])
      .select(["airtime", "erases", "firmware", "script"])
      .where(during)
      .orderBy("at", "desc")
      .limit(limit)
      .execute(),
    db
      .selectFrom("uplinks")
      .select(["received", "kind", "dataRate", "rssi", "snr", "airtime", "gateway", "gateways", "copies"])
      .where("devEui", "=", devEui)
      .where("received", ">=", from)
      .where("received", "<=", to)
      .orderBy("received", "desc")
      .limit(limit)
      .execute(),
    db
      .selectFrom("messages")
      .select(["at", "numbers", "text"])
      .where(during)
      .orderBy("at", "desc")
      .limit(limit)
      .execute(),
  ]);
  return {
    verdicts: verdicts.reverse(),
    deferrals: deferrals.reverse(),
    faults: faults.reverse(),
    health: health.reverse(),
    link: link.reverse(),
    messages: messages.reverse().map(({ numbers, ...rest }) => ({
      ...rest,
      numbers: numbers === null ? null : (JSON.parse(numbers) as number[]),
    })),
  };
}
