/** A transmission, in microseconds of air time (one clock for all nodes and gateways). */
export interface AirPacket {
  start: number;
  end: number;
  /** Hz */
  frequency: number;
  sf: number;
  /** Hz */
  bandwidth: number;
  /** 5..8 for 4/5..4/8 */
  codingRate: number;
  invertIQ: boolean;
  crc: boolean;
  /** symbols */
  preamble: number;
  syncWord: number;
  /** dBm radiated */
  power: number;
  payload: Uint8Array;
  /** The node or gateway that sends it. */
  from: string;
  /** SNR loss in dB of a badly configured transmitter. */
  impairment: number;
}

/** A gateway's packet: the start is given separately, and omitted fields have LoRaWAN's values. */
export type Outgoing = Pick<AirPacket, "frequency" | "sf" | "bandwidth" | "power" | "payload"> &
  Partial<Pick<AirPacket, "codingRate" | "invertIQ" | "crc" | "preamble" | "syncWord">>;

export interface Signal {
  /** dBm */
  rssi: number;
  /** dB */
  snr: number;
}

/** A gateway's receiver: it listens to all channels and spreading factors at once, and receives as many packets as it has demodulators. */
export interface Station {
  id: string;
  position?: Position;
  /** Error of its clock and carrier, ppm. Default 0: GPS-disciplined. */
  ppm?: number;
  /** Called at `packet.end`, in order of time; start, end and frequency by the gateway's own clock and crystal. A promise holds the air's clock until it is settled (a server beyond UDP). */
  onPacket?(packet: AirPacket, at: Signal): void | Promise<void>;
}

export interface GatewayPort {
  /**
   * Sends at `start` (microseconds of its clock, not before now()). Half duplex: packets received meanwhile are lost.
   * @returns false when the gateway has another transmission then, the time has passed, or it is off
   */
  transmit(start: number, packet: Outgoing): boolean;
  /** The gateway's clock, microseconds: the air's plus its drift. */
  now(): number;
  /** While false, the gateway neither receives nor sends. */
  setOnline(online: boolean): void;
}

/** Metres. */
export interface Position {
  x: number;
  y: number;
}

export interface NodeOptions {
  position?: Position;
  /** Error of the node's clock and carrier, ppm. Default 0. */
  ppm?: number;
  /** Air time (microseconds) at which the program starts. Default: now. */
  startAt?: number;
  /** When the program ends, air time stops until the next nodePort of that id, or remove(): for a node that restarts. Default false. */
  holdWhenEnded?: boolean;
}

export interface AirOptions {
  /** Fading and loss depend only on it, the sender, the receiver and the time. Default 1. */
  seed?: number;
  /** Share of receptions lost at random, 0..1. Default 0. */
  lossProbability?: number;
  /**
   * Packets that a gateway can receive at the same time. Default 8: an SX1301 finds preambles on eight channels at all spreading factors and
   * demodulates eight packets at once (data sheet V2.4); an SX1302 has 16 demodulators.
   */
  demodulators?: number;
  /** dB of path loss between two stations; default: log-distance with shadowing (pathloss.ts). */
  pathLoss?: (from: Position, to: Position, link: string) => number;
}

export interface AirStatistics {
  sent: number;
  received: number;
  /** Below the demodulation floor; destroyed by another packet; lost by lossProbability; receiver was sending. */
  tooWeak: number;
  collided: number;
  dropped: number;
  halfDuplex: number;
  /** Strong enough, but all demodulators of the gateway were in use. */
  noDemodulator: number;
}
