/** Messages of the LNS protocol of LoRa Basics Station (its documentation, "The LNS Protocol"): each field is checked before it is used. */
import { z } from "zod";
import { identifierForms, readIdentifier } from "./identifiers.js";

/** The longest PHYPayload of LoRa. */
export const longestFrame = 255;

const eui = z.unknown().transform((value, context) => {
  const found = readIdentifier(value);
  if (found !== undefined) return found;
  context.addIssue({ code: "custom", message: `${identifierForms} expected` });
  return z.NEVER;
});

const bits = (count: number) =>
  z
    .int()
    .min(0)
    .max(2 ** count - 1);
const signed32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);
const signed64 = z
  .union([z.int(), z.bigint()], "a whole number of 64 bits expected")
  .transform(BigInt)
  .refine((value) => BigInt.asIntN(64, value) === value, "a whole number of 64 bits expected");

const bytes = (most: number) =>
  z
    .string()
    .regex(/^(?:[0-9A-Fa-f]{2})*$/, "hexadecimal digits, two a byte, expected")
    .max(2 * most, `${most} bytes at most expected`)
    .transform((text) => Buffer.from(text, "hex"));

/** What all uplinks have. */
const reception = {
  /** An index of router_config's DRs. */
  DR: z.int().min(0).max(15),
  /** Hz */
  Freq: z.int().min(100e6).max(3000e6),
  upinfo: z.object({
    /** The antenna. */
    rctx: signed64.default(0n),
    /** End of the packet: microseconds of the concentrator in the lower 48 bits, above them the session of the radio. */
    xtime: signed64,
    /** The same in microseconds of GPS time; 0: unknown. */
    gpstime: z.number().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
    /** dBm and dB. */
    rssi: z.number().min(-250).max(50),
    snr: z.number().min(-100).max(100),
  }),
};

const joinRequest = z.object({
  ...reception,
  msgtype: z.literal("jreq"),
  MHdr: bits(8),
  JoinEui: eui,
  DevEui: eui,
  DevNonce: bits(16),
  MIC: signed32,
});

const dataFrame = z.object({
  ...reception,
  msgtype: z.literal("updf"),
  MHdr: bits(8),
  DevAddr: signed32,
  FCtrl: bits(8),
  FCnt: bits(16),
  FOpts: bytes(15),
  /** -1: none. */
  FPort: z.int().min(-1).max(255),
  FRMPayload: bytes(longestFrame - 13),
  MIC: signed32,
});

/** Its FRMPayload is the whole frame. */
const proprietaryFrame = z.object({ ...reception, msgtype: z.literal("propdf"), FRMPayload: bytes(longestFrame) });

const text = z.string().max(200).nullish();

const version = z.object({
  msgtype: z.literal("version"),
  station: text,
  firmware: text,
  package: text,
  model: text,
  protocol: z.union([z.literal(1), z.literal(2)], "1 or 2 expected"),
  features: z.union([z.string().max(500), z.array(z.string().max(100)).max(50)]).nullish(),
});

/** A downlink is on the air. Older stations name it seqno. */
const transmitted = z
  .object({ msgtype: z.literal("dntxed"), diid: signed64.optional(), seqno: signed64.optional() })
  .transform(({ diid, seqno, ...rest }) => ({ ...rest, diid: diid ?? seqno }));

const timeSync = z.object({
  msgtype: z.literal("timesync"),
  /** Microseconds of the station's clock when it asked. */
  txtime: signed64,
});

/** What comes from a station, told apart by msgtype. */
export const stationMessage = z.discriminatedUnion("msgtype", [
  version,
  joinRequest,
  dataFrame,
  proprietaryFrame,
  transmitted,
  timeSync,
]);

/** Messages that are right, but not for us: a remote shell, LoRaWAN 1.1's rejoin requests, other gateways' downlinks. */
const ignoredTypes: readonly unknown[] = ["rmtsh", "rejoin", "jacc", "dndf", "getxtime"];

export const isIgnored = (json: unknown): boolean =>
  ignoredTypes.includes((json as { msgtype?: unknown } | null)?.msgtype);

export type StationUplink =
  z.output<typeof joinRequest> | z.output<typeof dataFrame> | z.output<typeof proprietaryFrame>;

/** What comes to /router-info. */
export const discovery = z.object({ router: eui });

/** To a station: a downlink of class A, in one of the windows. */
export interface DownlinkMessage {
  msgtype: "dnmsg";
  /** A station says dntxed only where it is not 0. */
  DevEui: string;
  /** Class A. */
  dC: 0;
  diid: number;
  pdu: string;
  priority: number;
  /** Seconds from xtime to RX1; RX2 is a second later. */
  RxDelay: number;
  RX1DR?: number;
  RX1Freq?: number;
  RX2DR?: number;
  RX2Freq?: number;
  /** Of the uplink. */
  xtime: bigint;
  rctx: bigint;
  /** Seconds since 1970. */
  MuxTime: number;
}
