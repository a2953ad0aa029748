import { randomUUID } from "node:crypto";
import type { NodeConfig } from "../../device/config.js";
import { encodeDeferral, encodeReport, ports } from "../../device/codec/codec.js";
import { featureLayout } from "../../device/features/layout.js";

/** Of so many payloads one is a deferral with its window. */
export const deferralEvery = 10;
/** Bytes: what the data rates of a city's nodes have room for. */
const room = 222;

/** An event of ChirpStack. */
export interface UplinkEvent {
  topic: string;
  text: string;
  /** Node and sequence number of a deferral, as in the decision on it. */
  question?: string;
}

export const questionOf = (devEui: string, sequence: number): string => `${devEui} ${sequence}`;

/** Payloads of nodes one after the other, each node counting its own. */
export class Uplinks {
  readonly #application: string;
  readonly #nodes: number;
  readonly #frames: number;
  readonly #features: number;
  readonly #from = Math.floor(Date.now() / 1000) - 86400;
  #count = 0;

  constructor(application: string, nodes: number, config: NodeConfig) {
    this.#application = application;
    this.#nodes = nodes;
    this.#frames = config.window.frames;
    this.#features = featureLayout(config).count;
  }

  next(): UplinkEvent {
    const i = this.#count++;
    const sequence = Math.floor(i / this.#nodes) & 0xffff;
    const devEui = (i % this.#nodes).toString(16).padStart(16, "0");
    const isDeferral = (i + sequence) % deferralEvery === 0;
    const about = { sequence, time: this.#from + i, label: i % 2, confidence: isDeferral ? 0.5 : 0.9 };
    const payload = isDeferral
      ? encodeDeferral({ ...about, window: this.#window(i) }, room)
      : encodeReport({ ...about, actions: 0, count: 1 });
    const event = {
      deduplicationId: randomUUID(),
      time: new Date().toISOString(),
      deviceInfo: { devEui },
      ...{ dr: 5, fCnt: sequence, fPort: isDeferral ? ports.deferral : ports.report },
      data: Buffer.from(payload).toString("base64"),
      rxInfo: [{ gatewayId: "aa555a0000000101", rssi: -97, snr: 6.5 }],
      txInfo: { frequency: 868_100_000, modulation: { lora: { bandwidth: 125_000, spreadingFactor: 7 } } },
    };
    return {
      topic: `application/${this.#application}/device/${devEui}/event/up`,
      text: JSON.stringify(event),
      ...(isDeferral && { question: questionOf(devEui, sequence) }),
    };
  }

  #window(seed: number): { frames: number; features: number; data: Int8Array } {
    const frames = this.#frames;
    const features = this.#features;
    return {
      frames,
      features,
      data: Int8Array.from({ length: frames * features }, (_, k) => ((k * 37 + seed) % 251) - 125),
    };
  }
}
