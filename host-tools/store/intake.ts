import type { Transaction } from "kysely";
import type { UplinkPayload } from "../../device/codec/codec.js";
import { details } from "./details.js";
import { digestOf } from "./digest.js";
import type { NetworkIds } from "./networks.js";
import type { Store } from "./store.js";
import type { Tables } from "./tables.js";
import type { ReceivedUplink, Taken } from "./types.js";

/** A payload without a time is a copy of an earlier one with its number and content only if that is not older than this (s): numbers come again. */
const longestRepetition = 30 * 86400;

/**
 * Stores a payload with what it says, once; a copy only counts. Several processes may do so at once.
 * @param networks what windows may be of
 */
export async function takeUplink(
  { db }: Store,
  uplink: ReceivedUplink,
  payload: UplinkPayload,
  networks: NetworkIds = new Map(),
): Promise<Taken> {
  const digest = digestOf(payload);
  for (;;) {
    const taken = await db.transaction().execute(async (trx): Promise<Taken | undefined> => {
      const earlier = await findEarlier(trx, uplink, payload, digest);
      if (earlier?.isCopy) {
        await countCopy(trx, earlier.id, uplink);
        const known = payload.kind === "deferral" ? await deferralOf(trx, earlier.id) : {};
        return { id: earlier.id, isDuplicate: true, ...known };
      }
      const id = await insert(trx, uplink, payload, digest, earlier ? earlier.era + 1 : 0);
      if (id === undefined) return undefined;
      return { id, isDuplicate: false, ...(await details(trx, id, uplink, payload, networks)) };
    });
    // Undefined: another process has just inserted it, and will be found.
    if (taken) return taken;
  }
}

async function findEarlier(
  trx: Transaction<Tables>,
  { devEui, received }: ReceivedUplink,
  { kind, sequence, time }: UplinkPayload,
  digest: string,
): Promise<{ id: number; era: number; isCopy: boolean } | undefined> {
  const all = await trx
    .selectFrom("uplinks")
    .select(["id", "era", "digest", "sequence", "lastReceived"])
    .where("devEui", "=", devEui)
    .where("kind", "=", kind)
    .where("time", "=", time)
    .where(({ eb, or }) =>
      time > 0 ? or([eb("sequence", "=", sequence), eb("digest", "=", digest)]) : eb("sequence", "=", sequence),
    )
    .orderBy("era", "desc")
    .execute();
  // By its number rather than by its content.
  const known = all.find((one) => one.sequence === sequence) ?? all[0];
  if (!known) return undefined;
  const isCopy = time > 0 || (known.digest === digest && received - known.lastReceived < longestRepetition);
  return { id: known.id, era: known.era, isCopy };
}

async function countCopy(
  trx: Transaction<Tables>,
  id: number,
  { devEui, frame, received, port, payload }: ReceivedUplink,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable("uplinks")
    .set((eb) => ({ copies: eb("copies", "+", 1), frame, lastReceived: received, port, payload: Buffer.from(payload) }))
    .where("id", "=", id)
    // The same frame again is none.
    .where("frame", "!=", frame)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) return;
  await trx
    .updateTable("nodes")
    .set({ lastSeen: received })
    .where("devEui", "=", devEui)
    .where("lastSeen", "<", received)
    .execute();
}

async function insert(
  trx: Transaction<Tables>,
  uplink: ReceivedUplink,
  { kind, sequence, time }: UplinkPayload,
  digest: string,
  era: number,
): Promise<number | undefined> {
  const { devEui, port, payload, frame, received, counter, dataRate, frequency, airtime, receptions } = uplink;
  const [best] = receptions;
  const row = await trx
    .insertInto("uplinks")
    .values({
      devEui,
      kind,
      sequence,
      time,
      era,
      digest,
      received,
      lastReceived: received,
      copies: 1,
      frame,
      port,
      payload: Buffer.from(payload),
      counter: counter ?? null,
      dataRate: dataRate ?? null,
      frequency: frequency ?? null,
      airtime: airtime ?? null,
      gateway: best?.gateway ?? null,
      gateways: receptions.length,
      rssi: best?.rssi ?? null,
      snr: best?.snr ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return row?.id;
}

async function deferralOf(trx: Transaction<Tables>, id: number): Promise<Pick<Taken, "answer" | "model">> {
  const found = await trx
    .selectFrom("deferrals")
    .leftJoin("decisions", "decisions.uplinkId", "deferrals.uplinkId")
    .select(["decisions.label", "decisions.confidence", "deferrals.model"])
    .where("deferrals.uplinkId", "=", id)
    .executeTakeFirst();
  if (!found) return {};
  const { label, confidence, model } = found;
  return {
    ...(label !== null && confidence !== null && { answer: { label, confidence } }),
    ...(model !== null && { model }),
  };
}
