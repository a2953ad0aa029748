/** JSON of the Semtech UDP protocol (Lora-net/packet_forwarder, PROTOCOL.TXT, and sx1302_hal's): each field is checked before it is used. */
import { z } from "zod";

/** tmst has 32 bits. */
export const counterRange = 2 ** 32;

const counter = z
  .int()
  .min(0)
  .max(counterRange - 1);
/** MHz; of the radios, 137 to 1020, and 2400 to 2500. */
const frequency = z.number().min(100).max(3000);
/** "SF7BW125" */
const loraRate = z
  .string()
  .regex(/^SF(5|6|7|8|9|10|11|12)BW(125|250|500)$/, "SF5 to SF12 and BW125, BW250 or BW500 expected, as SF7BW125");
/** What LoRa radios carry, with or without padding. */
const payload = z
  .string()
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, "base64 expected")
  .transform((text) => Buffer.from(text, "base64"))
  .refine((bytes) => bytes.length <= 255, "255 bytes at most expected");

/** An entry of PUSH_DATA's "rxpk". */
export const receivedPacket = z
  .object({
    modu: z.literal("LORA").optional(),
    /** UTC at the packet's end, "2013-03-31T16:21:17.528002Z"; only gateways with GPS. */
    time: z.string().max(40).optional(),
    /** The gateway's microsecond counter at the packet's end. */
    tmst: counter,
    freq: frequency,
    /** CRC: 1 good, 0 none, -1 bad. */
    stat: z.union([z.literal(1), z.literal(0), z.literal(-1)]).default(1),
    datr: loraRate,
    /** dBm and dB. */
    rssi: z.number().min(-250).max(50),
    lsnr: z.number().min(-100).max(100),
    size: z.int().min(0).max(255).optional(),
    data: payload,
  })
  .refine(({ size, data }) => size === undefined || size === data.length, {
    path: ["size"],
    error: "the number of bytes of data expected",
  });
export type ReceivedPacket = z.output<typeof receivedPacket>;

const count = z.int().min(0).optional();
const degrees = (most: number) => z.number().min(-most).max(most).optional();

/** PUSH_DATA's "stat"; counts since the last one. */
export const gatewayStatus = z.object({
  time: z.string().max(40).optional(),
  lati: degrees(90),
  long: degrees(180),
  /** Metres. */
  alti: z.number().min(-1000).max(100000).optional(),
  rxnb: count,
  rxok: count,
  rxfw: count,
  /** Percent. */
  ackr: z.number().min(0).max(100).optional(),
  dwnb: count,
  txnb: count,
  /** °C */
  temp: z.number().min(-100).max(200).optional(),
});
export type GatewayStatus = z.output<typeof gatewayStatus>;

/** Entries of rxpk are checked one by one: a bad one does not hold the others back. */
export const pushData = z.object({ rxpk: z.array(z.unknown()).max(64).optional(), stat: z.unknown().optional() });

/** TX_ACK's "error"; NONE: accepted. "warn" goes with a packet that is sent. */
export type TransmitError =
  "NONE" | "TOO_LATE" | "TOO_EARLY" | "COLLISION_PACKET" | "COLLISION_BEACON" | "TX_FREQ" | "TX_POWER" | "GPS_UNLOCKED";

/** A gateway may have errors of its own, in letters and underscores. */
export const transmitAnswer = z.object({
  txpk_ack: z
    .object({
      error: z
        .string()
        .regex(/^\w{1,40}$/)
        .default("NONE"),
    })
    .default({ error: "NONE" }),
});

/** PULL_RESP's "txpk". */
export const transmitPacket = z.object({
  imme: z.boolean().default(false),
  tmst: counter.optional(),
  /** Milliseconds of GPS time; for gateways with GPS. */
  tmms: z.int().min(0).optional(),
  freq: z.number(),
  rfch: z.int().min(0).max(255).optional(),
  /** dBm */
  powe: z.number().default(14),
  modu: z.literal("LORA"),
  datr: loraRate,
  codr: z.enum(["4/5", "4/6", "4/7", "4/8"]).default("4/5"),
  ipol: z.boolean().default(false),
  prea: z.int().min(6).max(65535).default(8),
  ncrc: z.boolean().default(false),
  size: z.int().min(0).optional(),
  data: payload,
});
export type TransmitPacket = z.input<typeof transmitPacket>;
