import type { AbpCredentials, OtaaCredentials, RegionName } from "../../device/lorawan/types.js";

/** What a simulated radio node does until it ends; its argument. Times are milliseconds since 1970. */
export interface NodeLife {
  chip: "sx1262" | "sx1276";
  region: RegionName;
  credentials: OtaaCredentials | AbpCredentials;
  silenceLimit: number;
  /** Without ADR; default: the network controls it. */
  dataRate?: number;
  clockErrorPpm: number;
  everySeconds: number;
  /** Bytes of the outbox's partition. */
  outboxBytes: number;
  /** No new payloads after this. */
  makeUntil: number;
  /** The node ends when its outbox is empty, or at this time. */
  endAt: number;
  /** ms after which it resets; 0: it does not. */
  resetAfter: number;
}

/** Exit code of a node that reset itself. */
export const resetExit = 3;

/** A line of the node's trace. */
export type NodeEvent = Made | { trouble: string } | { left: number };

export interface Made {
  /** Its sequence number. */
  made: number;
  port: number;
  confirmed: boolean;
  /** Whether the outbox accepted it. */
  kept: boolean;
  /** Payloads in the outbox. */
  waiting: number;
  /** Payloads dropped since the last line. */
  dropped: number;
}
