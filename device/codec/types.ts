import type { SettingsReport } from "./settingsreport.js";
import type { ReceivedUpdateStatus } from "./update.js";

/**
 * Payloads between a node and the cloud. Every payload starts with one byte: the version in the upper four bits; the meaning of the lower four
 * depends on the payload. Numbers are big-endian. docs/payloads.md shows each byte.
 */
export const payloadVersion = 1;

/** One FPort per kind. */
export const ports = {
  report: 10,
  deferral: 11,
  fault: 12,
  health: 13,
  update: 14,
  app: 15,
  settings: 16,
  decision: 20,
  command: 21,
  package: 22,
  acknowledgement: 23,
  /** Of the LoRa Alliance's application layer: TS004, and TS003. */
  fragments: 201,
  clock: 202,
} as const;

/** The header of every uplink payload. */
export interface Stamp {
  /** 0..65535, incremented with each uplink payload of the node; the cloud drops duplicates. */
  sequence: number;
  /** Start of the (first) window, seconds since 1970 UTC; 0 when the node does not know the time. */
  time: number;
}

/** A confident verdict. */
export interface Report extends Stamp {
  /** Index into the node description's classes. */
  label: number;
  /** 0..1, in steps of 1/255. */
  confidence: number;
  /** Bit i: actuator i is on. */
  actions: number;
  /** Consecutive windows with this verdict that were merged into it, 1..255. */
  count: number;
}

/** The int8 input of the network, frame after frame. */
export interface FeatureWindow {
  frames: number;
  features: number;
  /** frames * features values. */
  data: Int8Array;
  /** Sequence of the package that brought the network, 0: the firmware's own; undefined: not said. */
  network?: number | undefined;
}

/** An unsure verdict, sent to the cloud to decide. */
export interface Deferral extends Stamp {
  label: number;
  confidence: number;
  window?: FeatureWindow;
  /** The int8 output of the network's layer before the classifier. */
  embedding?: Int8Array;
}

/** How much of the window arrived: `pool` frames were averaged into one, with `bits` per value. */
export interface ReceivedDeferral extends Deferral {
  content: "none" | "window" | "embedding";
  pool?: number;
  bits?: 8 | 4;
}

/** The cloud's answer to a deferral. */
export interface Decision {
  /** Sequence number of the deferral. */
  sequence: number;
  label: number;
  confidence: number;
}

/** What the network tells a node to do; the number is its code. */
export const commands = { restart: 1, "report settings": 2 } as const;
export type Command = keyof typeof commands;

export const faultKinds = [
  "missing",
  "stuck",
  "not a number",
  "out of range",
  "clock jumped",
  "storage",
  "radio",
  "restarted",
  "data dropped",
  "safe mode",
  "surplus",
  "script failed",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Why the node has begun anew, other than after a deep sleep; in the order of native/sleep. */
export const restartCauses = ["power", "reset", "watchdog", "panic", "brownout"] as const;
export type RestartCause = (typeof restartCauses)[number];

/** How an app script has failed. `crash`: the node began anew while it ran. */
export const scriptFailures = ["time", "memory", "stack", "exception", "quota", "crash"] as const;
export type ScriptFailure = (typeof scriptFailures)[number];

export type FaultCause = RestartCause | ScriptFailure;

/** Of faults that have a cause instead of a sensor: what it may be. The code is the place in the list. */
export const causesOf = (kind: FaultKind): readonly FaultCause[] =>
  kind === "restarted" || kind === "safe mode" ? restartCauses : kind === "script failed" ? scriptFailures : [];
export const hasCause = (kind: FaultKind): boolean => causesOf(kind).length > 0;

export interface Fault {
  kind: FaultKind;
  /** Of a restart, of what led to safe mode, and of an app script. */
  cause?: FaultCause;
  /** Index into the node description's sensors, 0..14; undefined when it is not about a sensor. */
  sensor?: number;
  /** How often since the last fault report, 1..65535 (more is sent as 65535). */
  count: number;
}

export interface FaultReport extends Stamp {
  /** At least one. */
  faults: Fault[];
}

/** What a node says about itself once a day. "Since" is since the last health report. */
export interface Health extends Stamp {
  /** It runs with its link alone: no sensors, no network, no app script. */
  safeMode: boolean;
  /** As in DevStatusAns: 0 external power, 1..254 from empty to full, 255 unknown. */
  battery: number;
  /** 0: unknown. */
  millivolts: number;
  /** How often the node has begun anew since, other than after a deep sleep; in all, and by cause. */
  restarts: number;
  resets: Record<RestartCause, number>;
  /** The largest of XS's heap, bytes, and of its stack, slots, since. */
  heapPeak: number;
  stackPeak: number;
  /** The largest share of the airtime that a band's duty cycle allows in an hour, since: 0..1. */
  duty: number;
  /** Airtime since, seconds. */
  airtime: number;
  /** Erased blocks of flash, in the node's life: outbox and session. */
  erases: number;
  /** "major.minor.patch". */
  firmware: string;
  /** The app script's version; 0: it has none, or has not started. */
  script: number;
}

/** A short form, for the slowest data rates, has only what is not optional. */
export type ReceivedHealth = Pick<
  Health,
  "sequence" | "time" | "safeMode" | "battery" | "restarts" | "heapPeak" | "duty"
> &
  Partial<Health>;

/** What an app script sends: numbers, or a text. */
export interface AppMessage extends Stamp {
  /** Float32. */
  values?: number[];
  text?: string;
}

export type UplinkPayload =
  | ({ kind: "app" } & AppMessage)
  | ({ kind: "report" } & Report)
  | ({ kind: "deferral" } & ReceivedDeferral)
  | ({ kind: "fault" } & FaultReport)
  | ({ kind: "health" } & ReceivedHealth)
  | ({ kind: "update" } & ReceivedUpdateStatus)
  | ({ kind: "settings" } & SettingsReport);

/** A payload of another version, truncated, or with an invalid value. */
export class PayloadError extends Error {
  override name = "PayloadError";
}
