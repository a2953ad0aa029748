import type { NodeStatus, ReceivedUplink } from "../store/types.js";
import type { BrokerKind } from "./mqtt/broker.js";

/** What a message of a network server says. */
export type ServerEvent =
  | { kind: "uplink"; uplink: ReceivedUplink; status?: NodeStatus }
  | { kind: "status"; status: NodeStatus }
  /** For whoever reads what the cloud prints. */
  | { kind: "notice"; notice: Record<string, unknown> }
  /** Nothing that the cloud is interested in. */
  | { kind: "other" };

export interface Downlink {
  devEui: string;
  port: number;
  payload: Uint8Array;
  confirmed: boolean;
  /** The frame that it answers. */
  correlation?: string | undefined;
  /** Seconds since 1970; later the node does not wait for it. */
  until?: number | undefined;
}

/** A message for the network server. */
export interface Command {
  topic: string;
  payload: Buffer;
  /** The same for the same downlink. */
  key: string;
}

/** How a network server speaks over MQTT. */
export interface Dialect {
  readonly kind: BrokerKind;
  /** Names the application, in the client ID. */
  readonly role: string;
  readonly filters: readonly string[];
  /** @throws Error that says what is wrong with the message */
  read(topic: string, payload: Uint8Array): ServerEvent;
  /** @returns undefined: the network server has it */
  command(downlink: Downlink): Command | undefined;
}
