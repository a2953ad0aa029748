/** What the cloud reads and writes of ChirpStack's Protocol Buffers messages (package integration of its API, version 4); fields that it does not name are skipped. */
import protobuf from "protobufjs/light.js";

/** Field numbers of google.protobuf.Timestamp, and of packages integration and gw. */
const root = protobuf.Root.fromJSON({
  nested: {
    Timestamp: { fields: { seconds: { type: "int64", id: 1 }, nanos: { type: "int32", id: 2 } } },
    DeviceInfo: { fields: { deviceName: { type: "string", id: 7 }, devEui: { type: "string", id: 8 } } },
    LoraModulationInfo: {
      fields: { bandwidth: { type: "uint32", id: 1 }, spreadingFactor: { type: "uint32", id: 2 } },
    },
    Modulation: { fields: { lora: { type: "LoraModulationInfo", id: 3 } } },
    UplinkTxInfo: { fields: { frequency: { type: "uint32", id: 1 }, modulation: { type: "Modulation", id: 2 } } },
    UplinkRxInfo: {
      fields: {
        gatewayId: { type: "string", id: 1 },
        nsTime: { type: "Timestamp", id: 17 },
        rssi: { type: "int32", id: 6 },
        snr: { type: "float", id: 7 },
      },
    },
    up: {
      fields: {
        deduplicationId: { type: "string", id: 1 },
        time: { type: "Timestamp", id: 2 },
        deviceInfo: { type: "DeviceInfo", id: 3 },
        dr: { type: "uint32", id: 6 },
        fCnt: { type: "uint32", id: 7 },
        fPort: { type: "uint32", id: 8 },
        data: { type: "bytes", id: 10 },
        rxInfo: { rule: "repeated", type: "UplinkRxInfo", id: 12 },
        txInfo: { type: "UplinkTxInfo", id: 13 },
      },
    },
    status: {
      fields: {
        time: { type: "Timestamp", id: 2 },
        deviceInfo: { type: "DeviceInfo", id: 3 },
        margin: { type: "int32", id: 5 },
        externalPowerSource: { type: "bool", id: 6 },
        batteryLevelUnavailable: { type: "bool", id: 7 },
        batteryLevel: { type: "float", id: 8 },
      },
    },
    join: { fields: { deviceInfo: { type: "DeviceInfo", id: 3 }, devAddr: { type: "string", id: 4 } } },
    txack: {
      fields: {
        deviceInfo: { type: "DeviceInfo", id: 3 },
        queueItemId: { type: "string", id: 4 },
        fCntDown: { type: "uint32", id: 5 },
      },
    },
    LogLevel: { values: { INFO: 0, WARNING: 1, ERROR: 2 } },
    LogCode: {
      values: {
        UNKNOWN: 0,
        DOWNLINK_PAYLOAD_SIZE: 1,
        UPLINK_CODEC: 2,
        DOWNLINK_CODEC: 3,
        OTAA: 4,
        UPLINK_F_CNT_RESET: 5,
        UPLINK_MIC: 6,
        UPLINK_F_CNT_RETRANSMISSION: 7,
        DOWNLINK_GATEWAY: 8,
        RELAY_NEW_END_DEVICE: 9,
        F_CNT_DOWN: 10,
        EXPIRED: 11,
      },
    },
    log: {
      fields: {
        deviceInfo: { type: "DeviceInfo", id: 2 },
        level: { type: "LogLevel", id: 3 },
        code: { type: "LogCode", id: 4 },
        description: { type: "string", id: 5 },
      },
    },
    down: {
      fields: {
        id: { type: "string", id: 1 },
        devEui: { type: "string", id: 2 },
        confirmed: { type: "bool", id: 3 },
        fPort: { type: "uint32", id: 4 },
        data: { type: "bytes", id: 5 },
        expiresAt: { type: "Timestamp", id: 7 },
      },
    },
  },
});

export type EventName = "up" | "status" | "join" | "txack" | "log";

/** @returns as the JSON form has it @throws Error for bytes that are no such message */
export function decodeMessage(name: EventName, bytes: Uint8Array): Record<string, unknown> {
  const type = root.lookupType(name);
  let message: protobuf.Message;
  try {
    message = type.decode(bytes);
  } catch (error) {
    throw new Error(`${bytes.length} bytes that are no protobuf message: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const value = type.toObject(message, { longs: Number, bytes: String, enums: String }) as Record<string, unknown>;
  const receptions = (value["rxInfo"] ?? []) as Timed[];
  for (const one of [value as Timed, ...receptions])
    for (const name of ["time", "nsTime"] as const) {
      const time = one[name] as { seconds?: number; nanos?: number } | undefined;
      if (time) one[name] = isoTime((time.seconds ?? 0) + (time.nanos ?? 0) / 1e9);
    }
  return value;
}

type Timed = { [name in "time" | "nsTime"]?: unknown };

export interface DownMessage {
  id: string;
  devEui: string;
  confirmed: boolean;
  fPort: number;
  data: Uint8Array;
  /** Seconds since 1970. */
  expiresAt?: number;
}

export function encodeDown({ confirmed, expiresAt, ...rest }: DownMessage): Buffer {
  const type = root.lookupType("down");
  const message = type.fromObject({
    ...rest,
    ...(confirmed && { confirmed }),
    ...(expiresAt !== undefined && { expiresAt: { seconds: Math.floor(expiresAt) } }),
  });
  return Buffer.from(type.encode(message).finish());
}

/** @throws Error for a time that is none */
export function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (!Number.isFinite(date.getTime())) throw new Error(`time: ${seconds} s since 1970, expected one of this age`);
  return date.toISOString();
}
