import { bandOf, regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";

/** A node's transmission. Times in microseconds. */
export interface Transmission {
  node: string;
  /** Identifies the node's boot: any number that differs between boots. */
  boot: number;
  start: number;
  end: number;
  frequency: number;
  payload: Uint8Array;
}

export interface AuditFigures {
  transmissions: number;
  joinRequests: number;
  /** Data frames, retransmissions included, and those of them that are confirmed uplinks. */
  uplinkFrames: number;
  confirmedFrames: number;
  /** Frames that reuse another frame's counter (of the same DevAddr). */
  countersReused: number;
  devNoncesReused: number;
  /** Largest share of its limit that any node used of any band in any 60 minutes: 1 is the limit. */
  busiestHour: number;
  /** Join requests in the busiest minute, of all nodes together. */
  busiestJoinMinute: number;
  /** Most join requests on the air at the same moment. */
  joinsAtOnce: number;
  /** Largest airtime of a node's join requests in any 60 minutes, relative to the 1 % that the first hour allows. */
  busiestJoinHour: number;
}

const hour = 3600e6;
const minute = 60e6;

/** Checks the nodes' transmissions from the frames alone: it parses them by the specification's byte positions and has no keys. */
export class Audit {
  readonly #region: RegionName;
  readonly #figures: AuditFigures = {
    transmissions: 0,
    joinRequests: 0,
    uplinkFrames: 0,
    confirmedFrames: 0,
    countersReused: 0,
    devNoncesReused: 0,
    busiestHour: 0,
    busiestJoinMinute: 0,
    joinsAtOnce: 0,
    busiestJoinHour: 0,
  };
  /** By DevAddr: the frame of each 16-bit counter, and the time of its last transmission. */
  readonly #frames = new Map<string, Map<number, string>>();
  readonly #devNonces = new Set<string>();
  readonly #recent = new Map<string, { start: number; end: number }[]>();
  #joins: { start: number; end: number }[] = [];

  constructor(region: RegionName) {
    this.#region = region;
  }

  see(transmission: Transmission): void {
    this.#figures.transmissions++;
    const payload = Buffer.from(transmission.payload);
    const type = payload[0]! >> 5;
    if (type === 0) this.#join(payload, transmission);
    else if (type === 2 || type === 4) {
      this.#figures.uplinkFrames++;
      if (type === 4) this.#figures.confirmedFrames++;
      this.#data(payload, transmission.boot);
    }
    this.#airtime(transmission);
  }

  figures(): AuditFigures {
    return { ...this.#figures };
  }

  #join(payload: Buffer, { node, start, end }: Transmission): void {
    const figures = this.#figures;
    figures.joinRequests++;
    const key = payload.toString("hex", 9, 19);
    if (this.#devNonces.has(key)) this.#figures.devNoncesReused++;
    this.#devNonces.add(key);
    // Transmissions are reported in order of time, up to the few seconds that a frame lasts.
    this.#joins = [...this.#joins.filter((other) => other.end > end - minute), { start, end }];
    figures.busiestJoinMinute = Math.max(figures.busiestJoinMinute, this.#joins.length);
    figures.joinsAtOnce = Math.max(
      figures.joinsAtOnce,
      this.#joins.filter((other) => other.start < end && other.end > start).length,
    );
    figures.busiestJoinHour = Math.max(
      figures.busiestJoinHour,
      this.#lastHour(`${node} join`, start, end) / hour / 0.01,
    );
  }

  #data(payload: Buffer, boot: number): void {
    const address = payload.toString("hex", 1, 5);
    let counters = this.#frames.get(address);
    if (!counters) this.#frames.set(address, (counters = new Map<number, string>()));
    const counter = payload.readUInt16LE(6);
    const frame = `${boot} ${payload.toString("base64")}`;
    const known = counters.get(counter);
    // The same bytes again are a retransmission, but not after a reset: then the counter was not persisted.
    // A session of this length never rolls over its 16-bit counter.
    if (known !== undefined && known !== frame) this.#figures.countersReused++;
    counters.set(counter, frame);
  }

  #airtime({ node, start, end, frequency }: Transmission): void {
    const region = regions[this.#region];
    const band = bandOf(region, frequency);
    if (band < 0) return;
    const spent = this.#lastHour(`${node} ${band}`, start, end);
    this.#figures.busiestHour = Math.max(this.#figures.busiestHour, spent / hour / region.bands[band]!.duty);
  }

  /** Airtime under `key` in the 60 minutes up to `end`, this transmission included. */
  #lastHour(key: string, start: number, end: number): number {
    const recent = (this.#recent.get(key) ?? []).filter((other) => other.end > end - hour);
    recent.push({ start, end });
    this.#recent.set(key, recent);
    return recent.reduce((sum, other) => sum + other.end - Math.max(other.start, end - hour), 0);
  }
}
