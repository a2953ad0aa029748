import type { RetainedPart } from "../flash/fields.js";
import type { Retain } from "../flash/log.js";
import type { FlashPartition } from "../flash/partition.js";

/** The link's dependencies. All are injected, so that the same MAC runs under XS and in a Node test. */

/** LoRa modulation of a packet that is sent or received. */
export interface Modulation {
  /** Hz */
  frequency: number;
  /** 7..12 */
  spreadingFactor: number;
  /** Hz: 125000, 250000 or 500000 */
  bandwidth: number;
}

/** A receive window after an uplink. */
export interface TimedWindow {
  modulation: Modulation;
  dataRate: number;
  /** ms from the uplink's end to the receiver's opening. */
  delay: number;
  /** How long it waits for a preamble. */
  symbols: number;
}

/** The radio as the MAC uses it; `device/lorawan/radio.ts` implements it with `native/lora`. */
export interface LinkRadio {
  /**
   * Sends one uplink at `power` dBm at the antenna's feed, or as near below it as the chip can. Resolves with the clock's time in ms at which the last symbol ended. A radio with a clock of
   * its own opens the windows by itself, so that they are on time however busy script is; `receive` gives what came in them.
   */
  transmit(
    payload: Uint8Array,
    modulation: Modulation,
    power: number,
    windows: readonly TimedWindow[],
  ): Promise<number>;
  /**
   * Listens for a downlink's preamble for `symbols` symbols from the clock's time `at` (ms), and then for the whole packet. Called for
   * each window of the uplink in turn, until one has received what is accepted; undefined at once when `at` has passed, as after a long
   * packet in the window before.
   */
  receive(modulation: Modulation, at: number, symbols: number): Promise<ReceivedPacket | undefined>;
  /** Airtime of `bytes` bytes, ms: explicit header, CRC, coding rate 4/5, 8 symbols of preamble. */
  airtime(modulation: Modulation, bytes: number): number;
  /** 32 random bits from the radio's noise. */
  random(): number;
  /** Sleep mode until the next call. */
  sleep(): void;
  /** True when no signal above `threshold` dBm was received for `ms`; used only in regions with listen before talk. */
  channelFree?(frequency: number, threshold: number, ms: number): Promise<boolean>;
}

export interface ReceivedPacket {
  payload: Uint8Array;
  /** dBm */
  rssi: number;
  /** dB */
  snr: number;
}

/** AES-128 of `native/lora`; `key` is 16 bytes. */
export interface LinkCrypto {
  /** Encrypts one 16-byte block of `data` in place, at `offset`. */
  encryptBlock(key: Uint8Array, data: Uint8Array, offset: number): void;
  /** AES-CMAC (RFC 4493) of the first `length` bytes of `data` into the 16 bytes `out`. */
  cmac(key: Uint8Array, data: Uint8Array, length: number, out: Uint8Array): void;
}

/** Monotonic time while the node has power; it may restart from 0 after a power cut, and continues through deep sleep. */
export interface LinkClock {
  /** ms */
  now(): number;
  /** Resolves at the clock's time `at` (ms), or at once when that has passed. */
  until(at: number): Promise<void>;
}

export type RegionName =
  | "EU868"
  | "US915"
  | "AU915"
  | "AS923-1"
  | "AS923-1-JP"
  | "AS923-2"
  | "AS923-3"
  | "AS923-4"
  | "IN865"
  | "KR920"
  | "RU864"
  | "EU433"
  | "CN470";

/** Of CN470: for antennas of 20 or 26 MHz. */
export type ChannelPlanName = "20A" | "20B" | "26A" | "26B";

/** Memory that outlasts the program but not a power cut (device/retained.ts). */
export interface LinkMemory {
  /** Restores what is stored, and stores it with each commit from now on. */
  attach(part: RetainedPart): void;
  /** Like `attach`, of the session's two logs: what is in flash. It counts only when a deep sleep has begun right after it was stored. */
  retainLogs?: readonly [Retain, Retain];
  /** Stores the state; called before each transmission. */
  commit(): void;
}

/** Keys and identifiers are hexadecimal text, most significant byte first, as network servers show them. */
export interface OtaaCredentials {
  devEui: string;
  joinEui: string;
  appKey: string;
}

export interface AbpCredentials {
  devAddr: string;
  nwkSKey: string;
  appSKey: string;
  /** Seconds; default: 1. */
  rxDelay?: number;
  /** RX1DROffset; default: 0. */
  rx1Offset?: number;
  /** Defaults: the region's. */
  rx2DataRate?: number;
  rx2Frequency?: number;
  /** Hz, beside the default channels of a dynamic plan. */
  channels?: readonly number[];
}

/** Where an option is not given, `linkDefaults` holds. */
export interface LinkOptions {
  radio: LinkRadio;
  crypto: LinkCrypto;
  clock: LinkClock;
  flash: FlashPartition;
  /** For state that changes with every frame; flash has what a power cut must not take. Default: none. */
  memory?: LinkMemory;
  region: RegionName;
  credentials: OtaaCredentials | AbpCredentials;
  /** ADR: the network controls data rate and power. */
  adr?: boolean;
  /** Data rate before ADR; default: the region's slowest. */
  dataRate?: number;
  /** Largest error of the node's clock; receive windows open that much earlier and stay open that much longer. */
  clockErrorPpm?: number;
  /** Additional uncertainty of when a receive window opens, ms (timer granularity). */
  timingErrorMs?: number;
  /** Antenna gain over isotropic in dB, less the cable's loss: the feed gets the EIRP that is allowed less this. */
  antennaGain?: number;
  /** Sub-band of eight channels that the network uses, for US915, AU915, and a plan of CN470 (1..8); default: all. */
  subBand?: number;
  /** CN470: the plan, which ABP needs; for OTAA, too, "20" or "26", the antenna's MHz. Default: OTAA finds it. */
  channelPlan?: ChannelPlanName | "20" | "26";
  /** Uplinks without any downlink after which an OTAA node sends join requests beside its uplinks; 0: never. */
  silenceLimit?: number;
  /** False for join servers older than 1.0.4 that draw JoinNonce at random; otherwise it must increase. */
  joinNonceCounter?: boolean;
  /** 0 external power, 1..254 battery level, 255 unknown. */
  battery?: () => number;
  /** Answer to requestLinkCheck: dB above the demodulation floor, and the number of gateways that received it. */
  onLinkCheck?: (margin: number, gateways: number) => void;
  onDownlink?: (port: number, payload: Uint8Array, info: DownlinkInfo) => void;
  onStateChange?: (state: LinkState) => void;
  /** The network's time: seconds since 1970 (UTC) at the clock's time `at` (ms). */
  onTime?: (seconds: number, at: number) => void;
  /** join() waits, until `joinsAt`. */
  onWait?: () => void;
  /** Every packet sent or received, for logs and statistics; never contains keys. */
  onRadio?: (event: RadioEvent) => void;
  /** The radio failed in a receive window; what was sent before it was sent. */
  onRadioError?: (error: unknown) => void;
}

export interface DownlinkInfo {
  rssi: number;
  snr: number;
  /** FPending: the network has more downlinks; the next uplink fetches one. */
  pending: boolean;
  counter: number;
}

export interface RadioEvent {
  kind: "join" | "uplink" | "downlink";
  /** Clock's time in ms of the end of the packet. */
  at: number;
  frequency: number;
  dataRate: number;
  bytes: number;
  /** Airtime, ms */
  airtime: number;
  /** DevNonce for a join, frame counter otherwise. */
  counter: number;
}

export type LinkState = "idle" | "joining" | "joined" | "exhausted";

/** The result of sending a payload. */
export type SendResult =
  /** It was transmitted; for a confirmed uplink, `acknowledged` says whether the ACK came. */
  | { sent: true; acknowledged: boolean; counter: number; transmissions: number; dataRate: number }
  /** Nothing was transmitted. */
  | {
      sent: false;
      reason: Refusal;
      /** The clock's time (ms) from which it may be sent. */
      sendAt: number;
      maxPayload: number;
    };

/**
 * dutyCycle: not before `sendAt`; channelBusy: another transmitter is active (listen before talk), try at `sendAt`;
 * tooLong: `maxPayload` bytes fit now; notJoined: call join(); busy: another send or join is under way;
 * exhausted: the frame counter is exhausted and an ABP session cannot be renewed.
 */
export type Refusal = "dutyCycle" | "channelBusy" | "tooLong" | "notJoined" | "busy" | "exhausted";

export interface SendOptions {
  /** Confirmed uplink; default false. */
  confirmed?: boolean;
  /** Transmitted a single time, whatever NbTrans is; default false. */
  once?: boolean;
  /** Completes the payload, whose length stays, right before it is transmitted. @param airtime of the frame, ms */
  stamp?: (payload: Uint8Array, airtime: number) => void;
}
