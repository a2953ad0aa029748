import type { NodeStatus, ReceivedUplink } from "../store/types.js";

/** What becomes of an uplink. */
export interface Handled {
  /** Settled, and never rejected, when the downlinks that answer it have been passed to the network. */
  answered: Promise<void>;
}

/** Resolves when the uplink is stored: then the network may acknowledge it. Rejected: it is not, and must come again. */
export type UplinkHandler = (uplink: ReceivedUplink) => Promise<Handled>;

/** Resolves when the status is stored. Rejected: it is not, and must come again. */
export type StatusHandler = (status: NodeStatus) => Promise<void>;

export interface SendOptions {
  confirmed?: boolean;
  /** What it answers, in the network server's own records. */
  correlation?: string;
  /** Seconds since 1970: later the node does not wait for it. */
  until?: number;
}

/** Processes that a broker gives uplinks in turn. */
export interface Shared {
  /** Names those that may take each other's sessions over. */
  crew: string;
  /** This process's session at the broker. */
  clientId: string;
  /** Takes what the broker keeps for another one, whose process has ended, and ends that session. @returns how many messages @throws Error when it has begun again */
  takeOver(clientId: string): Promise<number>;
}

/** Where uplinks come from, and downlinks go: a LoRaWAN network server. */
export interface Network {
  /** Before `start`. */
  onUplink(handler: UplinkHandler): void;
  /** Before `start`. Absent: the network server knows nothing of the nodes but their uplinks. */
  onStatus?(handler: StatusHandler): void;
  /** @throws UserError when the network server cannot be reached, or its port is taken */
  start(): Promise<void>;
  /** Resolves when the network server has the downlink for the node's next receive windows. */
  send(devEui: string, port: number, payload: Uint8Array, options?: SendOptions): Promise<void>;
  /** Absent: this process gets all uplinks. */
  readonly shared?: Shared | undefined;
  /** Rejected with why it cannot go on. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}
