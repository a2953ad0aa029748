import { z } from "zod";
import { regions } from "../../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../../device/lorawan/types.js";
import type { NodeStatus, ReceivedUplink } from "../../store/types.js";
import type { Command, Dialect, Downlink, ServerEvent } from "../dialect.js";
import { bestFirst, checked, count, eui, jsonObject, notAhead, payload, real, timestamp, word } from "../fields.js";
import { frameAirtime } from "../loraairtime.js";
import type { BrokerKind } from "../mqtt/broker.js";
import { Outstanding, correlationId } from "./outstanding.js";

export interface ThingsOptions {
  application: string;
  /** Of The Things Network and The Things Stack Cloud: "ttn", or the name of the tenant. Undefined: an installation of one's own, without tenants. */
  tenant?: string | undefined;
  /** Topic below which a Pub/Sub integration publishes to a broker of one's own. Undefined: the broker is The Things Stack's MQTT server. */
  pubSub?: string | undefined;
  /** push: after what waits for the node; replace: instead of it. */
  downlink: "push" | "replace";
  region: RegionName;
}

const deviceIds = z.object(
  {
    device_id: word(36).regex(/^[a-z0-9](?:-?[a-z0-9]){1,35}$/, "a device ID"),
    application_ids: z.object({ application_id: word(36) }, "an object"),
    dev_eui: eui().nullish(),
  },
  "an object",
);
const mostGateways = 1000;
const reception = z.object(
  {
    gateway_ids: z.object({ gateway_id: word(64).nullish(), eui: word(16).nullish() }, "an object").nullish(),
    rssi: real(1000),
    snr: real(1000),
  },
  "an object",
);
const seconds = z.string("a duration").regex(/^\d{1,6}(?:\.\d{1,9})?s$/, "a duration such as 0.056576s");
const up = z.object({
  end_device_ids: deviceIds.extend({ dev_eui: eui() }),
  uplink_message: z.object(
    {
      f_port: count(255),
      f_cnt: count(0xffff_ffff),
      frm_payload: payload(),
      rx_metadata: z.array(reception, "a list").max(mostGateways, `at most ${mostGateways}`).nullish(),
      settings: z
        .object(
          {
            data_rate: z
              .object(
                { lora: z.object({ bandwidth: count(2_000_000), spreading_factor: count(12) }, "an object").nullish() },
                "an object",
              )
              .nullish(),
            frequency: count(0xffff_ffff),
          },
          "an object",
        )
        .nullish(),
      received_at: timestamp(),
      consumed_airtime: seconds.nullish(),
      last_battery_percentage: z
        .object({ value: real(100), received_at: timestamp().nullish() }, "an object")
        .nullish(),
    },
    "an object",
  ),
});
const join = z.object({ end_device_ids: deviceIds });
const correlationIds = z.array(word(200), "a list").max(1000, "at most 1000").nullish();
const item = z.object({ f_cnt: count(0xffff_ffff), correlation_ids: correlationIds }, "an object");
/** Of what became of a downlink. */
const outcomes = {
  sent: z.object({ end_device_ids: deviceIds, downlink_sent: item }),
  ack: z.object({ end_device_ids: deviceIds, downlink_ack: item }),
  nack: z.object({ end_device_ids: deviceIds, downlink_nack: item }),
  failed: z.object({
    end_device_ids: deviceIds,
    downlink_failed: z.object(
      {
        downlink: item,
        error: z.object({ name: word(200).nullish(), message_format: word(1000).nullish() }, "an object").nullish(),
      },
      "an object",
    ),
  }),
};

const eventTopics = ["up", "join", "down/sent", "down/ack", "down/nack", "down/failed"];

/** The Things Stack v3: the JSON messages of its MQTT server, or of a Pub/Sub integration with a broker of one's own. */
export class ThingsStack implements Dialect {
  readonly kind: BrokerKind;
  readonly role: string;
  readonly filters: readonly string[];
  readonly #options: ThingsOptions;
  readonly #outstanding = new Outstanding();
  /** By DevEUI: nodes with another ID than eui-DEVEUI. */
  readonly #ids = new Map<string, string>();

  constructor(options: ThingsOptions) {
    const { pubSub } = options;
    this.#options = options;
    this.role = options.application;
    // The Things Stack's MQTT server speaks MQTT 3.1.1 with QoS 0 only.
    this.kind = pubSub === undefined ? { version: 4, qos: 0 } : { version: 5, qos: 1 };
    this.filters = eventTopics.map((name) => this.#topic("+", name));
  }

  read(topic: string, bytes: Uint8Array): ServerEvent {
    const name = this.#nameOf(topic);
    if (name === undefined) throw new Error(`expected a topic such as ${this.#topic("eui-0004a30b001c0530", "up")}`);
    const value = jsonObject(bytes);
    switch (name) {
      case "up":
        return this.#uplink(topic, checked(up, value));
      case "join": {
        const { end_device_ids } = this.#of(topic, checked(join, value));
        return {
          kind: "notice",
          notice: { event: "join", devEui: end_device_ids.dev_eui ?? end_device_ids.device_id },
        };
      }
      case "down/sent": {
        const { end_device_ids, downlink_sent } = this.#of(topic, checked(outcomes.sent, value));
        return this.#outcome("downlink sent", end_device_ids, downlink_sent);
      }
      case "down/ack": {
        const { end_device_ids, downlink_ack } = this.#of(topic, checked(outcomes.ack, value));
        return this.#outcome("downlink acknowledged", end_device_ids, downlink_ack);
      }
      case "down/nack": {
        const { end_device_ids, downlink_nack } = this.#of(topic, checked(outcomes.nack, value));
        return this.#outcome("downlink not acknowledged", end_device_ids, downlink_nack);
      }
      case "down/failed": {
        const { end_device_ids, downlink_failed } = this.#of(topic, checked(outcomes.failed, value));
        const { downlink, error } = downlink_failed;
        const reason = error?.message_format ?? error?.name ?? "not said";
        return this.#outcome("downlink failed", end_device_ids, downlink, { reason });
      }
      default:
        return { kind: "other" };
    }
  }

  command({ devEui, port, payload: data, confirmed, correlation, until = Infinity }: Downlink): Command | undefined {
    const { downlink: way, application } = this.#options;
    const id = correlationId(devEui, port, data);
    const isNew = this.#outstanding.add(devEui, id, port, data, until);
    if (!isNew && way === "push") return undefined;
    const items = way === "push" ? [{ id, port, payload: data }] : this.#outstanding.list(devEui);
    const device = this.#idOf(devEui, correlation);
    const message = {
      end_device_ids: { device_id: device, application_ids: { application_id: application } },
      downlinks: items.map((one) => ({
        f_port: one.port,
        frm_payload: Buffer.from(one.payload).toString("base64"),
        priority: "NORMAL",
        confirmed,
        correlation_ids: [one.id],
      })),
    };
    return { topic: this.#topic(device, `down/${way}`), payload: Buffer.from(JSON.stringify(message)), key: id };
  }

  /** A Pub/Sub integration has one topic for all devices. */
  #topic(device: string, name: string): string {
    const { application, tenant, pubSub } = this.#options;
    if (pubSub !== undefined) return `${pubSub}/${name}`;
    return `v3/${application}${tenant === undefined ? "" : `@${tenant}`}/devices/${device}/${name}`;
  }

  #nameOf(topic: string): string | undefined {
    const device = this.#options.pubSub === undefined ? topic.split("/")[3] : "";
    return eventTopics.find((name) => topic === this.#topic(device ?? "", name));
  }

  /** Checks that an event is about this application, and about the topic's device. */
  #of<T extends { end_device_ids: z.output<typeof deviceIds> }>(topic: string, event: T): T {
    const { application, pubSub } = this.#options;
    const { device_id, application_ids } = event.end_device_ids;
    if (application_ids.application_id !== application)
      throw new Error(`end_device_ids.application_ids.application_id: expected ${application}`);
    if (pubSub === undefined && topic.split("/")[3] !== device_id)
      throw new Error("end_device_ids.device_id: expected the device of the topic");
    return event;
  }

  #outcome(
    event: string,
    { device_id, dev_eui }: z.output<typeof deviceIds>,
    { f_cnt: counter, correlation_ids }: z.output<typeof item>,
    more: Record<string, unknown> = {},
  ): ServerEvent {
    if (dev_eui) this.#outstanding.remove(dev_eui, correlation_ids ?? []);
    return { kind: "notice", notice: { event, devEui: dev_eui ?? device_id, counter, ...more } };
  }

  #uplink(topic: string, event: z.output<typeof up>): ServerEvent {
    const { end_device_ids, uplink_message: message } = this.#of(topic, event);
    const { device_id, dev_eui: devEui } = end_device_ids;
    const { f_port: port, f_cnt: counter, frm_payload, rx_metadata, settings, received_at, consumed_airtime } = message;
    // MAC commands only.
    if (port === 0 || frm_payload.length === 0) return { kind: "other" };
    if (device_id !== defaultId(devEui)) this.#ids.set(devEui, device_id);
    const { bandwidth = 0, spreading_factor: sf = 0 } = settings?.data_rate?.lora ?? {};
    const dataRate = dataRateOf(this.#options.region, sf, bandwidth);
    const airtime = consumed_airtime
      ? 1000 * parseFloat(consumed_airtime)
      : frameAirtime(sf, bandwidth, frm_payload.length);
    const uplink: ReceivedUplink = {
      devEui,
      port,
      payload: frm_payload,
      // The device ID first: whoever answers needs it.
      frame: `${device_id}/${counter}/${received_at}`,
      received: notAhead(received_at),
      counter,
      ...(dataRate >= 0 && { dataRate }),
      ...(settings && { frequency: settings.frequency }),
      ...(airtime !== undefined && { airtime }),
      receptions: bestFirst(
        (rx_metadata ?? []).map(({ gateway_ids, rssi, snr }) => ({
          gateway: gateway_ids?.gateway_id ?? gateway_ids?.eui?.toLowerCase() ?? "unknown",
          rssi,
          snr,
        })),
      ),
    };
    const battery = message.last_battery_percentage;
    return { kind: "uplink", uplink, ...(battery && { status: statusOf(devEui, battery.value, battery.received_at) }) };
  }

  /** By the frame that is answered, by an earlier one, or else the ID that The Things Stack suggests. */
  #idOf(devEui: string, correlation: string | undefined): string {
    const [id, ...rest] = (correlation ?? "").split("/");
    return (rest.length === 2 ? id : undefined) ?? this.#ids.get(devEui) ?? defaultId(devEui);
  }
}

const defaultId = (devEui: string): string => `eui-${devEui}`;

/** -1: none of this region's. */
const dataRateOf = (region: RegionName, sf: number, bandwidth: number): number =>
  regions[region].dataRates.findIndex((rate) => rate?.[0] === sf && rate[1] * 1000 === bandwidth);

function statusOf(devEui: string, percent: number, at: number | null | undefined): NodeStatus {
  // The Things Stack makes per cent of DevStatusAns: 1 is empty, 254 full.
  return { devEui, at: notAhead(at), battery: 1 + Math.round((Math.max(0, percent) * 253) / 100) };
}
