import type { AbpCredentials, ChannelPlanName } from "../../device/lorawan/types.js";

/** A packet that a gateway received. */
export interface GatewayUplink {
  gateway: string;
  /** End of the packet, microseconds of the gateway's own clock; gateways' clocks are not synchronized. */
  time: number;
  /** Arrival time, microseconds of one clock for all gateways; default: `time`. */
  arrived?: number;
  /** The packet's end in seconds since 1970; default: the server's epoch and `arrived`. */
  unixTime?: number;
  frequency: number;
  sf: number;
  bandwidth: number;
  /** dBm */
  rssi: number;
  /** dB */
  snr: number;
  payload: Uint8Array;
  /** The way of downlinks that answer it; default: the gateway's `transmit`. */
  answer?: GatewayPort["transmit"];
}

/** A packet for a gateway to send. */
export interface GatewayDownlink {
  /** Start of the packet, on the same gateway's clock as the uplink that it answers. */
  time: number;
  frequency: number;
  sf: number;
  bandwidth: number;
  /** dBm EIRP */
  power: number;
  payload: Uint8Array;
  /** The receive window that it is for. */
  window?: 1 | 2;
  /** Defaults of LoRaWAN downlinks: true, false, 8 symbols, 5 (4/5). */
  invertIQ?: boolean;
  crc?: boolean;
  preamble?: number;
  codingRate?: number;
}

/** A gateway as the network server uses it. */
export interface GatewayPort {
  id: string;
  /** @returns false, at once or soon, when the gateway will not send it: the network tries another window or gateway */
  transmit(downlink: GatewayDownlink): boolean | Promise<boolean>;
}

/** A node's registration at the network server; hexadecimal, most significant byte first. */
export type DeviceRegistration =
  | { devEui: string; joinEui: string; appKey: string }
  | ({ devEui: string; channelPlan?: ChannelPlanName } & AbpCredentials);

export interface Uplink {
  devEui: string;
  port: number;
  payload: Buffer;
  counter: number;
  confirmed: boolean;
  dataRate: number;
  frequency: number;
  /** End of the packet, microseconds. */
  time: number;
  /** The same in seconds since 1970. */
  seconds: number;
  /** Every gateway that received it, best first. */
  receptions: { gateway: string; rssi: number; snr: number }[];
}

/** Counts of a run. */
export interface ServerStatistics {
  uplinks: number;
  retransmissions: number;
  duplicateReceptions: number;
  joins: number;
  /** Join requests on a channel of another plan than the gateways are for, or on none that is for them (CN470): not answered. */
  joinsElsewhere: number;
  /** Join requests whose DevNonce was not above the last: refused. */
  devNoncesReused: number;
  /** Frames that reuse another frame's counter: refused. */
  countersReused: number;
  unknownOrForged: number;
  downlinks: number;
  /** No gateway could send in either window. */
  downlinksDropped: number;
}
