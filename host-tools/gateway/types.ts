/** What a gateway heard. */
export interface GatewayUplink {
  gateway: string;
  /** End of the packet, microseconds of the gateway's own clock; no two gateways' clocks agree. */
  time: number;
  /** When it came, microseconds of one clock for all gateways; default: `time`. */
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
}

/** What a gateway is to send. */
export interface GatewayDownlink {
  /** Start of the packet, on the same gateway's clock as the uplink that it answers. */
  time: number;
  frequency: number;
  sf: number;
  bandwidth: number;
  /** dBm EIRP */
  power: number;
  payload: Uint8Array;
  /** LoRaWAN's downlinks: true, false, 8 symbols, 5 (4/5); the default. */
  invertIQ?: boolean;
  crc?: boolean;
  preamble?: number;
  codingRate?: number;
}

/** A gateway as the network server sees it. */
export interface GatewayPort {
  id: string;
  /** @returns false, at once or soon, when the gateway will not send it: the network tries another window or gateway */
  transmit(downlink: GatewayDownlink): boolean | Promise<boolean>;
}

/** What the network server knows of a node before it was heard; hexadecimal, most significant byte first. */
export type DeviceRegistration =
  | { devEui: string; joinEui: string; appKey: string }
  | { devEui: string; devAddr: string; nwkSKey: string; appSKey: string };

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
  /** Every gateway that heard it, best first. */
  receptions: { gateway: string; rssi: number; snr: number }[];
}

/** Counts that a run is judged by. */
export interface ServerStatistics {
  uplinks: number;
  retransmissions: number;
  duplicateReceptions: number;
  joins: number;
  /** Join requests whose DevNonce was not above the last: refused. */
  devNoncesReused: number;
  /** Frames whose counter was used before for another frame: refused. */
  countersReused: number;
  unknownOrForged: number;
  downlinks: number;
  /** No gateway could send in either window. */
  downlinksDropped: number;
}
