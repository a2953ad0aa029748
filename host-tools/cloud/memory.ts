import type { UplinkPayload } from "../../device/codec/codec.js";
import { digestOf } from "../store/digest.js";
import type { Answer, Taken } from "../store/types.js";
import type { CloudMemory, CloudUplink, Question } from "./cloud.js";

interface Known {
  kind: UplinkPayload["kind"];
  sequence: number;
  time: number;
  /** Digest of the verdict; not of the sequence number, nor of the window's compression. */
  digest: string;
  answer?: Answer;
}

/** Plain data; payloads of a node are numbered in their order. */
export interface StoredPayload extends Known {
  devEui: string;
  number: number;
}

/** As earlier versions stored it: by DevEUI, oldest first. */
export type PersistedMemory = Record<string, Known[]>;

/** How many payloads of a node are remembered: a node repeats what was not acknowledged as long as its outbox has room for it. */
const remembered = 512;

/**
 * Payloads received, to detect duplicates. A payload comes again with its own sequence number when its acknowledgement was
 * lost; with another one when the node lost power between putting it into its outbox and storing that the window was complete.
 */
export class Memory implements CloudMemory<CloudUplink> {
  #nodes = new Map<string, Known[]>();
  /** What `takeChanges` has not returned yet. */
  readonly #changes = new Map<string, StoredPayload>();
  /** Number of each node's next payload. */
  #numbers = new Map<string, number>();

  /** The record of an earlier copy of the payload; undefined: it is new. */
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
    const one = { kind, sequence, time, digest: digestOf(payload), ...(answer && { answer }) };
    known.push(one);
    this.#nodes.set(devEui, known.slice(-remembered));
    const number = this.#numbers.get(devEui) ?? 0;
    this.#numbers.set(devEui, number + 1);
    this.#changes.set(...entryOf({ devEui, number, ...one }));
  }

  take({ devEui }: CloudUplink, payload: UplinkPayload): Promise<Taken> {
    const known = this.find(devEui, payload);
    if (known?.sequence !== payload.sequence) this.remember(devEui, payload, known?.answer);
    const { answer } = known ?? {};
    const model = payload.kind === "deferral" ? payload.window?.network : undefined;
    return Promise.resolve({
      ...{ id: 0, isDuplicate: known !== undefined },
      ...(answer && { answer }),
      ...(model !== undefined && { model }),
    });
  }

  decide({ uplink, deferral }: Question<CloudUplink>, answer: Answer): Promise<Answer> {
    this.remember(uplink.devEui, { kind: "deferral", ...deferral }, answer);
    return Promise.resolve(answer);
  }

  claim(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /**
   * Sequence numbers of the payloads received. They go back no further than to where they began anew, as they do when a node's flash was erased: there a number comes with another
   * time, or a higher one with an earlier time than a lower one.
   */
  sequences(devEui: string): Set<number> {
    const times = new Map<number, number>();
    for (const { sequence, time } of (this.#nodes.get(devEui) ?? []).toReversed()) {
      if ((times.get(sequence) ?? time) !== time) break;
      if (time > 0 && [...times].some(([later, of]) => ((sequence - later) << 16) * (time - of) < 0 && of > 0)) break;
      times.set(sequence, time);
    }
    return new Set(times.keys());
  }

  /** What has been remembered since the last call, as `restore` takes it, each under its key; the oldest are replaced. */
  takeChanges(): [key: string, value: StoredPayload][] {
    const changes = [...this.#changes];
    this.#changes.clear();
    return changes;
  }

  /** Of what `takeChanges` returned, in any order. */
  restore(payloads: readonly StoredPayload[]): void {
    for (const { devEui, number, ...known } of [...payloads].sort((a, b) => a.number - b.number)) {
      const nodes = this.#nodes.get(devEui) ?? [];
      this.#nodes.set(devEui, nodes);
      nodes.push(known);
      this.#numbers.set(devEui, number + 1);
    }
    for (const [devEui, known] of this.#nodes) this.#nodes.set(devEui, known.slice(-remembered));
  }
}

const entryOf = (stored: StoredPayload): [key: string, value: StoredPayload] => [
  `payload/${stored.devEui}/${stored.number % remembered}`,
  stored,
];

/** The same of what earlier versions stored: by DevEUI, oldest first. */
export const payloadEntries = (nodes: PersistedMemory): [key: string, value: StoredPayload][] =>
  Object.entries(nodes).flatMap(([devEui, known]) => known.map((one, number) => entryOf({ devEui, number, ...one })));
