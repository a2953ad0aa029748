import { createHash } from "node:crypto";
import { z } from "zod";
import type { NodeStatus, ReceivedUplink } from "../../store/types.js";
import type { Command, Dialect, Downlink, ServerEvent } from "../dialect.js";
import { bestFirst, checked, count, eui, jsonObject, notAhead, payload, real, timestamp, word } from "../fields.js";
import { frameAirtime } from "../loraairtime.js";
import { decodeMessage, encodeDown, isoTime, type EventName } from "./messages.js";

export interface ChirpStackOptions {
  /** UUID. */
  application: string;
  /** Before "application/" in the topics of chirpstack.toml. */
  prefix: string;
  /** What chirpstack.toml has in [integration.mqtt]: json = true or false. */
  encoding: "json" | "protobuf";
}

const deviceInfo = z.object({ devEui: eui() }, "an object");
const reception = z.object(
  { gatewayId: word(64), nsTime: timestamp().nullish(), rssi: count(1000, -1000), snr: real(1000) },
  "an object",
);
const lora = z.object({ bandwidth: count(2_000_000), spreadingFactor: count(12) }, "an object");
const mostGateways = 1000;

const up = z.object({
  deduplicationId: word(64).min(1, "a text"),
  time: timestamp().nullish(),
  deviceInfo,
  dr: count(15),
  fCnt: count(0xffff_ffff),
  fPort: count(255),
  data: payload(),
  rxInfo: z.array(reception, "a list").max(mostGateways, `at most ${mostGateways}`).nullish(),
  txInfo: z
    .object(
      {
        frequency: count(0xffff_ffff),
        modulation: z.object({ lora: lora.nullish() }, "an object").nullish(),
      },
      "an object",
    )
    .nullish(),
});
const status = z.object({
  time: timestamp().nullish(),
  deviceInfo,
  margin: count(127, -128),
  externalPowerSource: z.boolean("true or false").nullish(),
  batteryLevelUnavailable: z.boolean("true or false").nullish(),
  batteryLevel: real(100),
});
const join = z.object({ deviceInfo, devAddr: word(16).nullish() });
const txack = z.object({ deviceInfo, queueItemId: word(64).nullish(), fCntDown: count(0xffff_ffff) });
const log = z.object({
  deviceInfo,
  level: word(32).nullish(),
  code: word(64).nullish(),
  description: word(100_000).nullish(),
});

/** ChirpStack v4: its MQTT integration's events, and its command "down". */
export class ChirpStack implements Dialect {
  readonly kind = { version: 5, qos: 1 } as const;
  readonly role: string;
  readonly filters: readonly string[];
  readonly #options: ChirpStackOptions;
  /** Of topics of this application's devices. */
  readonly #start: string;

  constructor(options: ChirpStackOptions) {
    this.#options = options;
    this.role = options.application;
    this.#start = `${options.prefix}application/${options.application}/device/`;
    this.filters = [`${this.#start}+/event/+`];
  }

  read(topic: string, bytes: Uint8Array): ServerEvent {
    const parts = topic.startsWith(this.#start) ? topic.slice(this.#start.length).split("/") : [];
    const [devEui, word, name, ...rest] = parts;
    if (devEui === undefined || word !== "event" || name === undefined || rest.length > 0)
      throw new Error(`expected a topic such as ${this.#start}0004a30b001c0530/event/up`);
    switch (name) {
      case "up":
        return this.#uplink(devEui, this.#open("up", bytes));
      case "status":
        return { kind: "status", status: statusOf(this.#of(devEui, status, this.#open("status", bytes))) };
      case "join": {
        const { devAddr } = this.#of(devEui, join, this.#open("join", bytes));
        return { kind: "notice", notice: { event: "join", devEui: devEui.toLowerCase(), devAddr } };
      }
      case "txack": {
        const { fCntDown } = this.#of(devEui, txack, this.#open("txack", bytes));
        return { kind: "notice", notice: { event: "downlink sent", devEui: devEui.toLowerCase(), counter: fCntDown } };
      }
      case "log": {
        const { level, code, description } = this.#of(devEui, log, this.#open("log", bytes));
        const text = description?.slice(0, 300);
        return {
          kind: "notice",
          notice: {
            event: "server log",
            devEui: devEui.toLowerCase(),
            level: level ?? "INFO",
            code,
            description: text,
          },
        };
      }
      // ack: there are no confirmed downlinks of ours. location, integration: nothing that is kept.
      default:
        return { kind: "other" };
    }
  }

  /** ChirpStack refuses an item whose ID is in its queue: the same decision waits there once, however often it is published. */
  command({ devEui, port, payload: data, confirmed, until }: Downlink): Command {
    const id = uuidOf(devEui, port, data);
    const topic = `${this.#start}${devEui}/command/down`;
    const message = { id, devEui, confirmed, fPort: port, data };
    if (this.#options.encoding === "protobuf") {
      const bytes = encodeDown({ ...message, ...(until !== undefined && { expiresAt: until }) });
      return { topic, payload: bytes, key: id };
    }
    const json = {
      ...message,
      data: Buffer.from(data).toString("base64"),
      ...(until !== undefined && { expiresAt: isoTime(until) }),
    };
    return { topic, payload: Buffer.from(JSON.stringify(json)), key: id };
  }

  #open(name: EventName, bytes: Uint8Array): Record<string, unknown> {
    const { encoding } = this.#options;
    // No message of these begins with 0x7b, which would be a group of field 15.
    const isJson = bytes[0] === 0x7b;
    if (isJson !== (encoding === "json"))
      throw new Error(
        isJson
          ? 'JSON, but the encoding is "protobuf"; "json" expected, or json = false in [integration.mqtt] of chirpstack.toml'
          : 'no JSON, but the encoding is "json"; json = true in [integration.mqtt] of chirpstack.toml expected, or "protobuf"',
      );
    return isJson ? jsonObject(bytes) : decodeMessage(name, bytes);
  }

  /** Checks an event, and that it is about the topic's device. */
  #of<T extends { deviceInfo: { devEui: string } }>(devEui: string, schema: z.ZodType<T>, value: unknown): T {
    const event = checked(schema, value);
    if (event.deviceInfo.devEui !== devEui.toLowerCase())
      throw new Error(`deviceInfo.devEui: expected ${devEui}, the device of the topic`);
    return event;
  }

  #uplink(topicEui: string, value: unknown): ServerEvent {
    const { deduplicationId, time, deviceInfo, dr, fCnt, fPort, data, rxInfo, txInfo } = this.#of(topicEui, up, value);
    // MAC commands only.
    if (fPort === 0 || data.length === 0) return { kind: "other" };
    const { bandwidth = 0, spreadingFactor = 0 } = txInfo?.modulation?.lora ?? {};
    const airtime = frameAirtime(spreadingFactor, bandwidth, data.length);
    const uplink: ReceivedUplink = {
      devEui: deviceInfo.devEui,
      port: fPort,
      payload: data,
      frame: deduplicationId,
      received: notAhead(receivedAt(time, rxInfo ?? [])),
      counter: fCnt,
      dataRate: dr,
      ...(txInfo && { frequency: txInfo.frequency }),
      ...(airtime !== undefined && { airtime }),
      receptions: bestFirst((rxInfo ?? []).map(({ gatewayId: gateway, rssi, snr }) => ({ gateway, rssi, snr }))),
    };
    return { kind: "uplink", uplink };
  }
}

/** s by which a gateway's clock may differ from ChirpStack's. */
const mostDrift = 60;

/** `time` is a gateway's GPS time where there is one, which is years behind after a rollover of GPS's weeks: then it is when ChirpStack got it first. */
function receivedAt(time: number | null | undefined, receptions: readonly z.output<typeof reception>[]) {
  const times = receptions.flatMap(({ nsTime }) => nsTime ?? []);
  const first = times.length > 0 ? Math.min(...times) : undefined;
  return first !== undefined && Math.abs((time ?? 0) - first) > mostDrift ? first : time;
}

function statusOf(event: z.output<typeof status>): NodeStatus {
  const { time, deviceInfo, margin, externalPowerSource, batteryLevelUnavailable, batteryLevel } = event;
  const battery = externalPowerSource ? 0 : batteryLevelUnavailable ? 255 : batteryOf(batteryLevel);
  return { devEui: deviceInfo.devEui, at: notAhead(time), battery, margin };
}

/** ChirpStack makes per cent of DevStatusAns: 254 is full. */
const batteryOf = (percent: number): number => Math.min(254, Math.max(1, Math.round((percent * 254) / 100)));

/** The same for the same downlink to the same node; in the form of a UUID of version 8 (RFC 9562, 5.8). */
function uuidOf(devEui: string, port: number, data: Uint8Array): string {
  const bytes = createHash("sha256").update(`${devEui} ${port} `).update(data).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
