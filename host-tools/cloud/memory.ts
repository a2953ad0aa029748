import { createHash } from "node:crypto";
import type { UplinkPayload } from "../../device/codec/codec.js";

/** What went down to a node in answer. */
export interface Answer {
  label: number;
  confidence: number;
}

interface Known {
  kind: UplinkPayload["kind"];
  sequence: number;
  time: number;
  /** Of what the node found out; not of the number, nor of how much of the window there was room for. */
  digest: string;
  answer?: Answer;
}

/** Plain data, by DevEUI, oldest first. */
export type PersistedMemory = Record<string, Known[]>;

/** How many payloads of a node are remembered. */
const remembered = 64;

/**
 * What nodes have told, to tell what comes again from what is new. A payload comes again under its own sequence number when its acknowledgement was
 * lost; under another one when the node lost power between putting it into its outbox and writing down that the window was done.
 */
export class Memory {
  #nodes = new Map<string, Known[]>();

  /** What is remembered of the payload; undefined: it is new. */
  find(devEui: string, payload: UplinkPayload): Readonly<Known> | undefined {
    const digest = digestOf(payload);
    const { kind, sequence, time } = payload;
    return this.#nodes
      .get(devEui)
      ?.findLast(
        (known) =>
          known.kind === kind &&
          ((known.sequence === sequence && known.time === time) || (time > 0 && known.digest === digest)),
      );
  }

  remember(devEui: string, payload: UplinkPayload, answer?: Answer): void {
    const { kind, sequence, time } = payload;
    const known = this.#nodes.get(devEui) ?? [];
    known.push({ kind, sequence, time, digest: digestOf(payload), ...(answer && { answer }) });
    this.#nodes.set(devEui, known.slice(-remembered));
  }

  save(): PersistedMemory {
    return Object.fromEntries(this.#nodes);
  }

  restore(kept: PersistedMemory): void {
    this.#nodes = new Map(Object.entries(structuredClone(kept)));
  }
}

function digestOf(payload: UplinkPayload): string {
  const { kind, time } = payload;
  const content = JSON.stringify(
    payload.kind === "fault"
      ? [kind, time, payload.faults]
      : [
          kind,
          time,
          payload.label,
          payload.confidence,
          payload.kind === "report" ? [payload.actions, payload.count] : [],
        ],
  );
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
