/** The cloud behind a broker, and who stands on the broker's other side: what the test says as the network server, and what it hears. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { encodeDeferral, encodeReport } from "../../device/codec/codec.js";
import { BrokeredNetwork } from "../../host-tools/networks/brokered.js";
import type { Dialect } from "../../host-tools/networks/dialect.js";
import type { Broker } from "../../host-tools/networks/mqtt/broker.js";
import { CloudService } from "../../host-tools/service/service.js";
import { openStore, type Store } from "../../host-tools/store/store.js";
import type { ReceivedUplink } from "../../host-tools/store/types.js";
import { sqlitePlace } from "../store/databases.js";

export const now = () => Date.now() / 1000;

export async function until(isTrue: () => boolean | Promise<boolean>, what: string, seconds = 60): Promise<void> {
  const end = now() + seconds;
  while (!(await isTrue())) {
    if (now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(20);
  }
}

export const deferral = (sequence: number): Uint8Array =>
  encodeDeferral(
    {
      ...{ sequence, time: Math.floor(now()) + sequence, label: 0, confidence: 0.5 },
      window: { frames: 2, features: 3, data: Int8Array.of(-128, 0, 127, 10, 20, sequence) },
    },
    51,
  );

export const report = (sequence: number): Uint8Array =>
  encodeReport({ sequence, time: Math.floor(now()) + sequence, label: 0, confidence: 0.9, actions: 0, count: 1 });

export interface RunningCloud {
  store: Store;
  network: BrokeredNetwork;
  events: Record<string, unknown>[];
  close(): Promise<void>;
}

/** @param isBroken whether the database refuses an uplink, a moment later */
export async function runCloud(
  t: ExecutionContext,
  {
    dialect,
    broker,
    place,
    accepts,
    isBroken = () => false,
    decisionSeconds = 600,
  }: {
    dialect: Dialect;
    broker: Partial<Broker> & { server: string };
    place?: string;
    accepts?: (devEui: string) => boolean;
    isBroken?: (uplink: ReceivedUplink) => boolean;
    decisionSeconds?: number;
  },
): Promise<RunningCloud> {
  const store = await openStore(place ?? (await sqlitePlace(t)));
  const events: Record<string, unknown>[] = [];
  const onEvent = (event: object) => void events.push({ ...event });
  const network = new BrokeredNetwork({ dialect, broker: { sessionSeconds: 3600, ...broker }, accepts, onEvent });
  const take = network.onUplink.bind(network);
  network.onUplink = (handler) =>
    take(async (uplink) => {
      if (!isBroken(uplink)) return handler(uplink);
      await sleep(20);
      throw new Error("the disk is full");
    });
  const service = new CloudService({
    ...{ store, network, decisionSeconds, onEvent },
    networks: new Map([[0, { id: "n", input: { scale: 1, zeroPoint: 0 }, predict: () => Float32Array.of(0.2, 0.8) }]]),
  });
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await service.close();
    await store.close();
  };
  t.teardown(close);
  try {
    await service.start();
  } catch (error) {
    await close();
    throw error;
  }
  return { store, network, events, close };
}

/** The network server's end of the broker. */
export class ServerEnd {
  readonly heard: { topic: string; payload: Buffer; at: number }[] = [];
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on("message", (topic, payload) => void this.heard.push({ topic, payload, at: now() }));
    client.on("error", () => undefined);
  }

  /** With a session of its own, as a network server has one. */
  static async connect(
    t: ExecutionContext,
    url: string,
    topic: string,
    options: IClientOptions = {},
  ): Promise<ServerEnd> {
    const client = await mqtt.connectAsync(url, {
      ...{ protocolVersion: 5, clean: false, clientId: "server", reconnectPeriod: 200 },
      properties: { sessionExpiryInterval: 3600 },
      ...options,
    });
    t.teardown(() => client.endAsync(true));
    const end = new ServerEnd(client);
    await client.subscribeAsync(topic, { qos: 1 });
    return end;
  }

  /** Resolves when the broker has it, which may be another one by then. */
  async say(
    topic: string,
    payload: string | Uint8Array,
    { qos = 1, retain = false }: { qos?: 0 | 1; retain?: boolean } = {},
  ) {
    await this.#client.publishAsync(topic, Buffer.from(payload as Uint8Array), { qos, retain });
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
