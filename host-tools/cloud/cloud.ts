import {
  PayloadError,
  decodeUplink,
  encodeDecision,
  ports,
  type ReceivedDeferral,
  type UplinkPayload,
} from "../../device/codec/codec.js";
import type { Answer } from "../store/types.js";
import { Memory } from "./memory.js";

/** Uplinks from the network server, and downlinks to it. */
export interface CloudUplink {
  devEui: string;
  port: number;
  payload: Uint8Array;
}

export interface CloudDownlink {
  port: number;
  payload: Uint8Array;
}

/** Classifies one normalized window, [frames][features]: one probability per class, adding up to 1. */
export type Predictor = (
  window: Float32Array,
  frames: number,
  features: number,
) => Float32Array | Promise<Float32Array>;

/** How the node's network reads its input: real = scale * (value - zeroPoint). */
export interface InputQuantization {
  scale: number;
  zeroPoint: number;
}

export type CloudEvent =
  | { kind: "received"; devEui: string; payload: UplinkPayload; duplicate: boolean }
  | { kind: "decided"; devEui: string; sequence: number; label: number; confidence: number }
  | { kind: "refused"; devEui: string; port: number; reason: string };

/**
 * The cloud: receives the nodes' uplinks and answers each deferral with a decision of the float network. A duplicate
 * deferral, sent because the answer was lost, gets the same answer. `memory` must survive a restart.
 */
export class Cloud {
  readonly #predict: Predictor;
  readonly #input: InputQuantization;
  readonly #onEvent: (event: CloudEvent) => void;
  readonly memory: Memory;

  constructor(options: {
    memory?: Memory;
    predict: Predictor;
    input: InputQuantization;
    onEvent?: (event: CloudEvent) => void;
  }) {
    this.memory = options.memory ?? new Memory();
    this.#predict = options.predict;
    this.#input = options.input;
    this.#onEvent = options.onEvent ?? (() => {});
  }

  /** @returns the downlink for the node, if any. An invalid payload causes an event and is otherwise ignored. */
  async receive({ devEui, port, payload }: CloudUplink): Promise<CloudDownlink | undefined> {
    let uplink: UplinkPayload;
    try {
      uplink = decodeUplink(port, payload);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.#onEvent({ kind: "refused", devEui, port, reason: error.message });
      return undefined;
    }
    const known = this.memory.find(devEui, uplink);
    this.#onEvent({ kind: "received", devEui, payload: uplink, duplicate: known !== undefined });
    const answer = known?.answer ?? (uplink.kind === "deferral" ? await this.#decide(devEui, uplink) : undefined);
    if (known?.sequence !== uplink.sequence || (answer && !known.answer)) this.memory.remember(devEui, uplink, answer);
    return answer && { port: ports.decision, payload: encodeDecision({ sequence: uplink.sequence, ...answer }) };
  }

  async #decide(devEui: string, deferral: ReceivedDeferral): Promise<Answer> {
    let { label, confidence } = deferral;
    if (deferral.window) {
      const { frames, features, data } = deferral.window;
      const window = Float32Array.from(data, (value) => this.#input.scale * (value - this.#input.zeroPoint));
      const probabilities = await this.#predict(window, frames, features);
      confidence = Math.max(...probabilities);
      label = probabilities.indexOf(confidence);
    }
    this.#onEvent({ kind: "decided", devEui, sequence: deferral.sequence, label, confidence });
    return { label, confidence: Math.min(1, confidence) };
  }
}
