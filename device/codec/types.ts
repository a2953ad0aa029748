/**
 * Payloads between a node and the cloud. Every payload starts with one byte: the version in the upper four bits; the meaning of the lower four
 * depends on the payload. Numbers are big-endian. docs/payloads.md shows each byte.
 */
export const payloadVersion = 1;

/** One FPort per kind. */
export const ports = { report: 10, deferral: 11, fault: 12, decision: 20 } as const;

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
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  kind: FaultKind;
  /** Index into the node description's sensors, 0..14; undefined when it is not about a sensor. */
  sensor?: number;
  /** How often since the last fault report, 1..65535 (more is sent as 65535). */
  count: number;
}

export interface FaultReport extends Stamp {
  /** At least one. */
  faults: Fault[];
}

export type UplinkPayload =
  ({ kind: "report" } & Report) | ({ kind: "deferral" } & ReceivedDeferral) | ({ kind: "fault" } & FaultReport);

/** A payload of another version, truncated, or with an invalid value. */
export class PayloadError extends Error {
  override name = "PayloadError";
}
