import { setTimeout as sleep } from "node:timers/promises";
import type { IPublishPacket, MqttClient } from "mqtt";
import { writeToStream } from "mqtt-packet";
import { receiveMaximum } from "./broker.js";
import type { Message } from "./postponed.js";

interface Entry {
  messageId: number | undefined;
  isTaken: boolean;
}

/**
 * Messages of a connection, taken several at a time. Each is acknowledged after it was taken, in the order in which they came (MQTT 5, 4.6), so that what
 * a connection ends before is delivered again.
 */
export class Inflow {
  readonly #client: MqttClient;
  readonly #take: (message: Message, qos: number) => Promise<void>;
  readonly #onFailure: (error: Error) => void;
  #stream: unknown;
  /** Of `#stream`, in their order. */
  #underway: Entry[] = [];
  /** Lets the next message come. */
  #resume: (() => void) | undefined;
  /** performance.now() of the last message. */
  #lastAt = 0;

  /** @param onFailure a message could not be taken; its connection is closed after that */
  constructor(
    client: MqttClient,
    take: (message: Message, qos: number) => Promise<void>,
    onFailure: (error: Error) => void,
  ) {
    this.#client = client;
    this.#take = take;
    this.#onFailure = onFailure;
    client.handleMessage = (packet, done) => void this.#handle(packet, done);
  }

  /** Resolves when nothing is being taken and nothing has come for a time (ms), or the connection has ended. */
  async quiet(ms: number): Promise<void> {
    const from = performance.now();
    const { stream } = this.#client;
    const isQuiet = () => this.#underway.length === 0 && performance.now() - Math.max(from, this.#lastAt) >= ms;
    while (!isQuiet() && !stream.destroyed && this.#client.stream === stream) await sleep(100);
  }

  async #handle(packet: IPublishPacket, done: (error?: Error) => void): Promise<void> {
    const { stream } = this.#client;
    if (stream !== this.#stream) {
      this.#stream = stream;
      // On another connection the same numbers are other messages'.
      this.#underway = [];
    }
    const underway = this.#underway;
    const { topic, qos, messageId, retain: isRetained } = packet;
    const entry: Entry = { messageId: qos === 0 ? undefined : messageId, isTaken: false };
    underway.push(entry);
    this.#lastAt = performance.now();
    // MQTT.js acknowledges nothing where there is an error, and goes on.
    const next = () => done(new Error("acknowledged later"));
    if (underway.length <= receiveMaximum) next();
    else this.#resume = next;
    try {
      await this.#take({ topic, payload: Buffer.from(packet.payload), isRetained }, qos);
      entry.isTaken = true;
    } catch (error) {
      if (this.#client.stream !== stream) return;
      this.#onFailure(error as Error);
      stream.destroy();
      return;
    }
    if (this.#client.stream !== stream || stream.destroyed) return;
    while (underway[0]?.isTaken) this.#acknowledge(underway.shift()!);
    if (underway.length > receiveMaximum) return;
    // The next message may be here before it returns, and set another one.
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  #acknowledge({ messageId }: Entry): void {
    const { stream, options } = this.#client;
    if (messageId === undefined) return;
    writeToStream({ cmd: "puback", messageId, reasonCode: 0 }, stream, { protocolVersion: options.protocolVersion! });
  }
}
