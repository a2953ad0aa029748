import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { decodeDecision } from "../../device/codec/codec.js";
import { questionOf, type UplinkEvent } from "./uplinks.js";

/** Uplinks on their way to the broker at one time. */
const most = 64;

/** The network server's end of the broker: it says what nodes send, and hears the decisions. */
export class Traffic {
  /** By question: ms from uplink to downlink, of the first one. */
  readonly latencies = new Map<string, number>();
  /** Decisions heard a second time. */
  readonly twice: string[] = [];
  readonly #client: MqttClient;
  /** By question; performance.now() */
  readonly #asked = new Map<string, number>();

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on("message", (topic, payload) => this.#hear(topic, payload));
    client.on("error", () => undefined);
  }

  static async connect(server: string, application: string): Promise<Traffic> {
    const clientId = `loam-bench-${application}`;
    const client = await mqtt.connectAsync(server, { protocolVersion: 5, clientId });
    const traffic = new Traffic(client);
    await client.subscribeAsync(`application/${application}/device/+/command/down`, { qos: 1 });
    return traffic;
  }

  /** Deferrals without a decision so far. */
  get open(): number {
    return this.#asked.size - this.latencies.size;
  }

  /** What was asked so far is answered; what comes is measured anew. */
  forget(): void {
    this.#asked.clear();
    this.latencies.clear();
    this.twice.length = 0;
  }

  /** @param rate per second; undefined: as fast as the broker takes them */
  async say(events: () => UplinkEvent, count: number, rate?: number): Promise<void> {
    const from = performance.now();
    const underway = new Set<Promise<void>>();
    for (let i = 0; i < count; i++) {
      const due = rate === undefined ? 0 : from + (1000 * i) / rate - performance.now();
      if (due > 1) await sleep(due);
      const said = this.#say(events()).then(() => void underway.delete(said));
      underway.add(said);
      if (underway.size >= most) await Promise.race(underway);
    }
    await Promise.all(underway);
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }

  async #say({ topic, text, question }: UplinkEvent): Promise<void> {
    if (question !== undefined) this.#asked.set(question, performance.now());
    await this.#client.publishAsync(topic, text, { qos: 1 });
  }

  #hear(topic: string, payload: Buffer): void {
    const devEui = topic.split("/")[3]!;
    const { data } = JSON.parse(payload.toString()) as { data: string };
    const question = questionOf(devEui, decodeDecision(Buffer.from(data, "base64")).sequence);
    const askedAt = this.#asked.get(question);
    if (askedAt === undefined || this.latencies.has(question)) this.twice.push(question);
    else this.latencies.set(question, performance.now() - askedAt);
  }
}
