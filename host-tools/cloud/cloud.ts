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

/** What decides on windows of nodes with one network. */
export interface NodeNetwork {
  predict: Predictor;
  input: InputQuantization;
  /** Of its windows; undefined: `predict` takes any. */
  shape?: { frames: number; features: number };
}

/** `undecided`: the network of the node is none of the cloud's. `model`: the sequence of the package that brought it. */
export type CloudEvent =
  | { kind: "received"; devEui: string; payload: UplinkPayload; duplicate: boolean }
  | { kind: "decided"; devEui: string; sequence: number; label: number; confidence: number }
  | { kind: "undecided"; devEui: string; sequence: number; model: number }
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
  /** See `Taken`. */
  model?: number;
  /** Nobody has answered it so far: that it cannot be was said when it came. */
  isLeft?: boolean;
}

/** The cloud: receives the nodes' uplinks and answers each deferral with a decision of the float network of the node's network; one that comes again, since the answer was lost, with the same. */
export class Cloud<U extends CloudUplink = CloudUplink> {
  readonly #memory: CloudMemory<U>;
  readonly #networks: (model: number) => NodeNetwork | undefined;
  readonly #onEvent: (event: CloudEvent) => void;

  /**
   * @param options.memory must survive a restart
   * @param options.networks by the sequence of the package that brought it to the node, 0 for the firmware's own; undefined: there is none, and windows of it are not decided
   */
  constructor(options: {
    memory: CloudMemory<U>;
    networks: (model: number) => NodeNetwork | undefined;
    onEvent?: (event: CloudEvent) => void;
  }) {
    this.#memory = options.memory;
    this.#networks = options.networks;
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
    const { isDuplicate, ...known } = await this.#memory.take(uplink, payload);
    this.#onEvent({ kind: "received", devEui, payload, duplicate: isDuplicate });
    if (payload.kind !== "deferral") return undefined;
    const { model = 0, answer } = known;
    if (!payload.window || answer || this.#networks(model)) return { uplink, deferral: payload, ...known };
    if (!isDuplicate) this.#onEvent({ kind: "undecided", devEui, sequence: payload.sequence, model });
    return undefined;
  }

  /** @returns undefined: another process answers, none has the node's network, or its window is none of that network's */
  async answer(question: Question<U>): Promise<CloudDownlink | undefined> {
    const answer = question.answer ?? (await this.#decide(question));
    if (!answer || !(await this.#memory.claim(question))) return undefined;
    const { sequence } = question.deferral;
    return { port: ports.decision, payload: encodeDecision({ sequence, ...answer }) };
  }

  async #decide(question: Question<U>): Promise<Answer | undefined> {
    const { uplink, deferral, model = 0 } = question;
    let { label, confidence } = deferral;
    if (deferral.window) {
      const network = this.#networks(model);
      if (!network) return undefined;
      const { frames, features, data } = deferral.window;
      const { scale, zeroPoint } = network.input;
      const { shape } = network;
      if (shape && (frames !== shape.frames || features !== shape.features)) {
        const reason = `a window of ${frames} frames of ${features} features, the node's network takes ${shape.frames} of ${shape.features}: a node of another description`;
        const { devEui, port } = uplink;
        if (!question.isLeft) this.#onEvent({ kind: "refused", devEui, port, reason });
        return undefined;
      }
      const window = Float32Array.from(data, (value) => scale * (value - zeroPoint));
      const probabilities = await network.predict(window, frames, features);
      confidence = Math.max(...probabilities);
      label = probabilities.indexOf(confidence);
    }
    const answer = await this.#memory.decide(question, { label, confidence: Math.min(1, confidence) });
    this.#onEvent({ kind: "decided", devEui: uplink.devEui, sequence: deferral.sequence, ...answer });
    return answer;
  }
}
