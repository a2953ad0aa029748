import { PayloadError, decodeUplink, encodeDecision, ports, type ReceivedDeferral, type UplinkPayload } from "../../device/codec/codec.js";

/** What the network server hands up, and what it is asked to bring down. */
export interface CloudUplink {
  devEui: string;
  port: number;
  payload: Uint8Array;
}

export interface CloudDownlink {
  port: number;
  payload: Uint8Array;
}

/** Classifies one normalized window, [frames][features]: a probability a class, adding up to 1. */
export type Predictor = (window: Float32Array, frames: number, features: number) => Float32Array | Promise<Float32Array>;

/** How the node's network reads its input: real = scale * (value - zeroPoint). */
export interface InputQuantization {
  scale: number;
  zeroPoint: number;
}

export type CloudEvent =
  | { kind: "received"; devEui: string; payload: UplinkPayload; again: boolean }
  | { kind: "decided"; devEui: string; sequence: number; label: number; confidence: number }
  | { kind: "refused"; devEui: string; port: number; reason: string };

/** How many sequence numbers of a node are remembered, to tell a payload that the node sent again from a new one. */
const remembered = 64;

/**
 * The far end of the nodes: takes in their uplinks and answers each deferral with a decision of the float network. A deferral that comes
 * again, because its answer was lost, gets the same answer again.
 */
export class Cloud {
  readonly #predict: Predictor;
  readonly #input: InputQuantization;
  readonly #onEvent: (event: CloudEvent) => void;
  readonly #seen = new Map<string, Map<string, CloudDownlink | undefined>>();

  constructor(options: { predict: Predictor; input: InputQuantization; onEvent?: (event: CloudEvent) => void }) {
    this.#predict = options.predict;
    this.#input = options.input;
    this.#onEvent = options.onEvent ?? (() => {});
  }

  /** @returns what should go down to the node, if anything. A payload that makes no sense is told by an event and otherwise ignored. */
  async receive({ devEui, port, payload }: CloudUplink): Promise<CloudDownlink | undefined> {
    let uplink: UplinkPayload;
    try {
      uplink = decodeUplink(port, payload);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.#onEvent({ kind: "refused", devEui, port, reason: error.message });
      return undefined;
    }
    const answers = this.#answersOf(devEui);
    const key = `${uplink.kind} ${uplink.sequence}`;
    const again = answers.has(key);
    this.#onEvent({ kind: "received", devEui, payload: uplink, again });
    if (again) return answers.get(key);
    const answer = uplink.kind === "deferral" ? await this.#decide(devEui, uplink) : undefined;
    answers.set(key, answer);
    const oldest = answers.keys().next();
    if (answers.size > remembered && !oldest.done) answers.delete(oldest.value);
    return answer;
  }

  async #decide(devEui: string, deferral: ReceivedDeferral): Promise<CloudDownlink> {
    let { label, confidence } = deferral;
    if (deferral.window) {
      const { frames, features, data } = deferral.window;
      const window = Float32Array.from(data, (value) => this.#input.scale * (value - this.#input.zeroPoint));
      const probabilities = await this.#predict(window, frames, features);
      confidence = Math.max(...probabilities);
      label = probabilities.indexOf(confidence);
    }
    this.#onEvent({ kind: "decided", devEui, sequence: deferral.sequence, label, confidence });
    return { port: ports.decision, payload: encodeDecision({ sequence: deferral.sequence, label, confidence: Math.min(1, confidence) }) };
  }

  #answersOf(devEui: string): Map<string, CloudDownlink | undefined> {
    let answers = this.#seen.get(devEui);
    if (!answers) this.#seen.set(devEui, (answers = new Map()));
    return answers;
  }
}
