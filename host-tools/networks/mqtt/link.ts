import mqtt, { type MqttClient } from "mqtt";
import { UserError } from "../../lib/errors.js";
import { systemReason } from "../../lib/systemreasons.js";
import { clientOptions, topicsOf, type Broker, type BrokerKind } from "./broker.js";
import { Inflow } from "./inflow.js";
import { Postponed, type Message } from "./postponed.js";
import { brokerReason } from "./reasons.js";

/** ms before the first attempt to reconnect, doubled with each, up to the longest. */
const firstWait = 1000;
const longestWait = 60_000;
/** ms that a downlink may take to the broker: another process sends it when this one has not said that it was sent. */
const longestSend = 8000;
/** ms: a connection that lasts so long is a good one. */
const goodWhile = 10_000;
/** MQTT 5, 3.4.2.1: the broker has nobody to give the message to. */
const noSubscribers = 16;
const sessionTakenOver = 142;
/** MQTT 5, 3.9.3: from here on a reason code is a failure. */
const failure = 128;

export interface LinkOptions {
  broker: Broker;
  kind: BrokerKind;
  /** Names the application, in the client ID. */
  role: string;
  /** What is subscribed to. */
  filters: readonly string[];
  /** Resolves when the message needs to come no more. Rejected: it must come again. */
  take(message: Message): Promise<void>;
  onEvent(event: Record<string, unknown>): void;
}

/**
 * A connection to an MQTT broker that is renewed whenever it is lost. A message is acknowledged after it was taken, so that the broker
 * delivers again, to the session that it keeps, what was under way when the connection, the broker or this process ended.
 */
export class MqttLink {
  readonly failed: Promise<never>;
  readonly #options: LinkOptions;
  readonly #postponed: Postponed;
  /** Being published, by key. */
  readonly #underway = new Map<string, Promise<void>>();
  #fail!: (error: unknown) => void;
  #client: MqttClient | undefined;
  /** Message numbers of what the broker had nobody for. */
  readonly #unheard = new Set<number>();
  /** performance.now() */
  #connectedAt: number | undefined;
  /** Connections one after the other that did not last. */
  #shortLived = 0;
  #reason: unknown;
  #isClosing = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.failed = new Promise<never>((_, reject) => (this.#fail = reject));
    // Whoever waits for it hears of it.
    this.failed.catch(() => undefined);
    this.#postponed = new Postponed(options.take, options.onEvent);
  }

  /** @throws UserError when the broker cannot be reached, or refuses */
  async start(): Promise<void> {
    const { broker, kind, role, onEvent } = this.#options;
    const options = await clientOptions(broker, kind, role);
    const client = mqtt.connect(broker.server, { ...options, reconnectPeriod: spread(firstWait) });
    this.#client = client;
    new Inflow(
      client,
      (message, qos) => this.#take(message, qos),
      (error) => (this.#reason = new Error(`what came was not stored: ${systemReason(error)}`)),
    );
    client.on("error", (error) => (this.#reason = error));
    client.on("disconnect", ({ reasonCode }) => (this.#reason = { code: reasonCode }));
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "puback" && packet.reasonCode === noSubscribers) this.#unheard.add(packet.messageId!);
    });
    let abort!: (reason: unknown) => void;
    const aborted = new Promise<never>((_, reject) => (abort = reject));
    const ended = () => abort(this.#reason ?? { code: "ECONNRESET" });
    client.once("close", ended);
    try {
      const connected = new Promise<void>((resolve) => void client.once("connect", () => resolve()));
      client.connect();
      await Promise.race([connected, aborted]);
      await Promise.race([this.#subscribe(client), aborted]);
    } catch (error) {
      client.end(true);
      throw new UserError(`the MQTT broker at ${broker.server}: ${brokerReason(error)}`);
    }
    this.#connectedAt = performance.now();
    onEvent({ event: "connected", server: broker.server });
    client.removeListener("close", ended);
    client.on("connect", () => void this.#renewed(client));
    client.on("close", () => this.#lost(client));
  }

  /** @param key what is under way already, under this key, is not published again. Rejected: nobody has it */
  async publish(topic: string, payload: Buffer, key: string): Promise<void> {
    let sent = this.#underway.get(key);
    if (!sent) {
      sent = this.#publish(topic, payload).finally(() => this.#underway.delete(key));
      this.#underway.set(key, sent);
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const reason = `${this.#options.broker.server} has not answered within ${longestSend / 1000} s`;
      timer = setTimeout(() => reject(new Error(reason)), longestSend);
    });
    try {
      await Promise.race([sent, late]);
    } finally {
      clearTimeout(timer);
      // It may fail later, and is tried again then.
      sent.catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#postponed.close();
    const client = this.#client;
    if (!client) return;
    const patience = new Promise<void>((resolve) => setTimeout(resolve, 2000).unref());
    await Promise.race([client.endAsync(!client.connected), patience]);
  }

  async #publish(topic: string, payload: Buffer): Promise<void> {
    const { kind } = this.#options;
    const packet = await this.#client!.publishAsync(topic, payload, { qos: kind.qos });
    if (this.#unheard.delete(packet?.messageId ?? 0)) throw new Error(`nobody has subscribed to ${topic}`);
  }

  async #subscribe(client: MqttClient): Promise<void> {
    const { broker, kind, filters } = this.#options;
    const topics = topicsOf(broker, filters);
    // What the broker has retained is of an earlier time (rh 2).
    const granted = await client.subscribeAsync(topics, { qos: kind.qos, ...(kind.version === 5 && { rh: 2 }) });
    const refused = granted.find(({ qos }) => qos >= failure);
    if (refused) throw Object.assign(new Error(`it refuses the topic ${refused.topic}`), { code: "" });
  }

  async #take(message: Message, qos: number): Promise<void> {
    try {
      await this.#options.take(message);
    } catch (error) {
      // The broker does not deliver it again.
      if (qos === 0) this.#postponed.add(message);
      else throw error;
    }
  }

  async #renewed(client: MqttClient): Promise<void> {
    const { broker, onEvent } = this.#options;
    const { stream } = client;
    this.#connectedAt = performance.now();
    this.#reason = undefined;
    const isSame = () => client.stream === stream;
    setTimeout(() => isSame() && (client.options.reconnectPeriod = spread(firstWait)), goodWhile).unref();
    try {
      // Also to a session that is there: the broker may have lost it.
      await this.#subscribe(client);
      onEvent({ event: "connected", server: broker.server });
    } catch (error) {
      if (!client.connected) return;
      this.#reason = error;
      client.stream.destroy();
    }
  }

  #lost(client: MqttClient): void {
    const { broker, onEvent } = this.#options;
    if (this.#isClosing) return;
    const reason = this.#reasonOfLoss(client);
    if ((this.#reason as { code?: number } | undefined)?.code === sessionTakenOver) {
      client.end(true);
      return this.#fail(new UserError(`the MQTT broker at ${broker.server}: ${reason}`));
    }
    // MQTT.js waits already for this attempt: what is set is for the next.
    const wait = client.options.reconnectPeriod!;
    client.options.reconnectPeriod = spread(Math.min(longestWait, wait * 2));
    onEvent({ event: "connection lost", server: broker.server, reason, seconds: Math.round(wait / 100) / 10 });
    this.#reason = undefined;
  }

  #reasonOfLoss({ options }: MqttClient): string {
    const lasted = this.#connectedAt === undefined ? undefined : performance.now() - this.#connectedAt;
    this.#connectedAt = undefined;
    if (lasted !== undefined) this.#shortLived = lasted < goodWhile ? this.#shortLived + 1 : 0;
    // Some brokers do not say that they have given the session to somebody else.
    if (lasted !== undefined && this.#shortLived > 1 && this.#reason === undefined)
      return `it closes the connection again and again; if another process connects as ${options.clientId}, each needs a clientId of its own`;
    return brokerReason(this.#reason ?? { code: "ECONNRESET" });
  }
}

/** Workers that have lost one broker do not come back all at once. */
const spread = (wait: number): number => Math.round(wait * (0.75 + Math.random() / 2));
