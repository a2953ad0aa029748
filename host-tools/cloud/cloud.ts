import {
  PayloadError,
  decodeUplink,
  encodeDecision,
  ports,
  type ReceivedDeferral,
  type UplinkPayload,
} from "../../device/codec/codec.js";
import type { Answer, Taken } from "../store/types.js";

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

/** Payloads and answers of the past. */
export interface CloudMemory<U extends CloudUplink> {
  /** Stores a payload, or finds it. */
  take(uplink: U, payload: UplinkPayload): Promise<Taken>;
  /** Stores the answer. @returns the one that counts, when there was one before */
  decide(question: Question<U>, answer: Answer): Promise<Answer>;
  /** Whether it is this process that answers this frame. */
  claim(question: Question<U>): Promise<boolean>;
}

/** A deferral that wants an answer. */
export interface Question<U extends CloudUplink> {
  id: number;
  uplink: U;
  deferral: ReceivedDeferral;
  /** What was answered before. */
  answer?: Answer;
}

/** The cloud: receives the nodes' uplinks and answers each deferral with a decision of the float network; one that comes again, since the answer was lost, with the same. */
export class Cloud<U extends CloudUplink = CloudUplink> {
  readonly #memory: CloudMemory<U>;
  readonly #predict: Predictor;
  readonly #input: InputQuantization;
  readonly #onEvent: (event: CloudEvent) => void;

  /** @param options.memory must survive a restart */
  constructor(options: {
    memory: CloudMemory<U>;
    predict: Predictor;
    input: InputQuantization;
    onEvent?: (event: CloudEvent) => void;
  }) {
    this.#memory = options.memory;
    this.#predict = options.predict;
    this.#input = options.input;
    this.#onEvent = options.onEvent ?? (() => {});
  }

  /** @returns the downlink for the node, if any. An invalid payload causes an event and is otherwise ignored. */
  async receive(uplink: U): Promise<CloudDownlink | undefined> {
    const question = await this.take(uplink);
    return question && (await this.answer(question));
  }

  /** Stores an uplink. @returns what it asks, for `answer` */
  async take(uplink: U): Promise<Question<U> | undefined> {
    const { devEui, port } = uplink;
    let payload: UplinkPayload;
    try {
      payload = decodeUplink(port, uplink.payload);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.#onEvent({ kind: "refused", devEui, port, reason: error.message });
      return undefined;
    }
    const { id, isDuplicate, answer } = await this.#memory.take(uplink, payload);
    this.#onEvent({ kind: "received", devEui, payload, duplicate: isDuplicate });
    return payload.kind === "deferral" ? { id, uplink, deferral: payload, ...(answer && { answer }) } : undefined;
  }

  /** @returns undefined: another process answers */
  async answer(question: Question<U>): Promise<CloudDownlink | undefined> {
    const answer = question.answer ?? (await this.#decide(question));
    if (!(await this.#memory.claim(question))) return undefined;
    const { sequence } = question.deferral;
    return { port: ports.decision, payload: encodeDecision({ sequence, ...answer }) };
  }

  async #decide(question: Question<U>): Promise<Answer> {
    const { uplink, deferral } = question;
    let { label, confidence } = deferral;
    if (deferral.window) {
      const { frames, features, data } = deferral.window;
      const window = Float32Array.from(data, (value) => this.#input.scale * (value - this.#input.zeroPoint));
      const probabilities = await this.#predict(window, frames, features);
      confidence = Math.max(...probabilities);
      label = probabilities.indexOf(confidence);
    }
    const answer = await this.#memory.decide(question, { label, confidence: Math.min(1, confidence) });
    this.#onEvent({ kind: "decided", devEui: uplink.devEui, sequence: deferral.sequence, ...answer });
    return answer;
  }
}
