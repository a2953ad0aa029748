import { sql, type Transaction } from "kysely";
import type { UplinkPayload } from "../../device/codec/codec.js";
import { networkInForce, type NetworkIds } from "./networks.js";
import type { NodeRow, Tables } from "./tables.js";
import type { ReceivedUplink } from "./types.js";

/** s by which a node's clock may be ahead of the network server's. One that is further ahead is wrong: what it has stamped counts as of when it came. */
const mostAhead = 86400;

/** What a new payload says, in the table of its kind, and the last of it with its node. @returns what was found out of a deferral */
export async function details(
  trx: Transaction<Tables>,
  uplinkId: number,
  { devEui, received, dataRate, receptions }: ReceivedUplink,
  payload: UplinkPayload,
  networks: NetworkIds,
): Promise<{ model?: number }> {
  const isStamped = payload.time > 0 && payload.time < received + mostAhead;
  const at = isStamped ? payload.time : received;
  const about = { uplinkId, devEui, at };
  await updateNode(trx, devEui, received, {
    ...(dataRate !== undefined && { dataRate }),
    ...(receptions[0] && { rssi: receptions[0].rssi, snr: receptions[0].snr }),
    ...(payload.kind === "health" && (await hasLaterHealth(trx, devEui, at)) ? {} : newsOf(payload, at)),
  });
  switch (payload.kind) {
    case "report": {
      const { label, confidence, actions, count } = payload;
      await trx
        .insertInto("verdicts")
        .values({ ...about, label, confidence, actions, count })
        .execute();
      break;
    }
    case "deferral": {
      const { sequence, label, confidence, content, window, pool, bits, embedding } = payload;
      const model = window && (window.network ?? (await networkInForce(trx, devEui, at)));
      await trx
        .insertInto("deferrals")
        .values({
          ...about,
          sequence,
          received,
          label,
          confidence,
          content,
          frames: window?.frames ?? null,
          features: window?.features ?? null,
          window: window ? bytesOf(window.data) : null,
          pool: pool ?? null,
          bits: bits ?? null,
          embedding: embedding ? bytesOf(embedding) : null,
          model: model ?? null,
          network: (model !== undefined && networks.get(model)) || null,
        })
        .execute();
      return model === undefined ? {} : { model };
    }
    case "fault": {
      const rows = payload.faults.map(({ kind, sensor, cause, count }, place) => ({
        ...about,
        ...{ place, kind, sensor: sensor ?? null, cause: cause ?? null, count, storedAt: Date.now() / 1000 },
      }));
      await trx.insertInto("faults").values(rows).execute();
      break;
    }
    case "health": {
      const { safeMode, battery, millivolts, restarts, heapPeak, stackPeak, duty, airtime, erases, firmware, script } =
        payload;
      await trx
        .insertInto("health")
        .values({
          ...about,
          safeMode: Number(safeMode),
          battery,
          millivolts: millivolts || null,
          restarts,
          heapPeak,
          stackPeak: stackPeak ?? null,
          duty,
          airtime: airtime ?? null,
          erases: erases ?? null,
          firmware: firmware ?? null,
          script: script ?? null,
        })
        .execute();
      break;
    }
    case "app": {
      const { values, text } = payload;
      // PostgreSQL's texts have no NUL.
      const shown = text?.replaceAll("\0", "\u2400") ?? null;
      await trx
        .insertInto("messages")
        .values({ ...about, numbers: values ? JSON.stringify(values) : null, text: shown })
        .execute();
      break;
    }
    case "update":
    case "settings": {
      const event = payload.kind === "update" ? payload.event : payload.kind;
      await trx
        .insertInto("updates")
        .values({ ...about, event, status: JSON.stringify(payload) })
        .execute();
      break;
    }
  }
  return {};
}

/** What waited in the node's outbox comes after what is newer. */
async function hasLaterHealth(trx: Transaction<Tables>, devEui: string, at: number): Promise<boolean> {
  const later = await trx
    .selectFrom("health")
    .select("uplinkId")
    .where("devEui", "=", devEui)
    .where("at", ">", at)
    .limit(1)
    .executeTakeFirst();
  return later !== undefined;
}

const bytesOf = ({ buffer, byteOffset, length }: Int8Array): Buffer => Buffer.from(buffer, byteOffset, length);

/** In one statement: of two processes with payloads of one node neither undoes what the other has written. */
async function updateNode(
  trx: Transaction<Tables>,
  devEui: string,
  received: number,
  news: Partial<NodeRow>,
): Promise<void> {
  const { label, confidence, verdictAt, faultAt, model, modelAt, ...rest } = news;
  await trx
    .insertInto("nodes")
    .values({ devEui, safeMode: 0, firstSeen: received, lastSeen: received, ...news })
    .onConflict((conflict) =>
      conflict.column("devEui").doUpdateSet(({ fn, ref, val, eb }) => {
        // What waited in the node's outbox comes after what is newer.
        const unlessOlder = <C extends "label" | "confidence" | "verdictAt" | "faultAt" | "model" | "modelAt">(
          column: C,
          time: "verdictAt" | "faultAt" | "modelAt",
          value: NodeRow[C],
          at: number,
        ) =>
          eb
            .case()
            .when(fn.coalesce(ref(`nodes.${time}`), sql.lit(0)), "<=", at)
            .then(sql<NodeRow[C]>`${value}`)
            // Of an earlier version, which took the word of a clock that was wrong.
            .when(ref(`nodes.${time}`), ">", received + mostAhead)
            .then(sql<NodeRow[C]>`${value}`)
            .else(ref(`nodes.${column}`))
            .end();
        return {
          firstSeen: fn.coalesce(ref("nodes.firstSeen"), val(received)),
          // What a broker has kept comes after what is newer.
          lastSeen: eb
            .case()
            .when("nodes.lastSeen", ">", received)
            .then(ref("nodes.lastSeen"))
            .else(val(received))
            .end(),
          ...rest,
          ...(verdictAt && {
            label: unlessOlder("label", "verdictAt", label ?? null, verdictAt),
            confidence: unlessOlder("confidence", "verdictAt", confidence ?? null, verdictAt),
            verdictAt: unlessOlder("verdictAt", "verdictAt", verdictAt, verdictAt),
          }),
          ...(modelAt && {
            model: unlessOlder("model", "modelAt", model ?? null, modelAt),
            modelAt: unlessOlder("modelAt", "modelAt", modelAt, modelAt),
          }),
          ...(faultAt && { faultAt: unlessOlder("faultAt", "faultAt", faultAt, faultAt) }),
        };
      }),
    )
    .execute();
}

/** Of the node itself. */
function newsOf(payload: UplinkPayload, at: number): Partial<NodeRow> {
  switch (payload.kind) {
    case "report":
      return { label: payload.label, confidence: payload.confidence, verdictAt: at };
    case "deferral": {
      const { label, confidence, window } = payload;
      return { label, confidence, verdictAt: at, ...networkNews(window?.network, at) };
    }
    case "fault":
      return { faultAt: at };
    case "health": {
      const { battery, millivolts, safeMode, firmware, script } = payload;
      return {
        battery,
        safeMode: Number(safeMode),
        ...(millivolts && { millivolts }),
        ...(firmware !== undefined && { firmware }),
        ...(script !== undefined && { script }),
      };
    }
    case "update":
      return networkNews(payload.model?.sequence, at);
    case "app":
    case "settings":
      return {};
  }
}

const networkNews = (model: number | undefined, at: number): Partial<NodeRow> =>
  model === undefined ? {} : { model, modelAt: at };
