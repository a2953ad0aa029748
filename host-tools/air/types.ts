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
  /** dB by which a badly set up transmitter spoils its own signal. */
  impairment: number;
}

/** What a gateway may leave out of a packet: the start is the time given, the rest has LoRaWAN's values. */
export type Outgoing = Pick<AirPacket, "frequency" | "sf" | "bandwidth" | "power" | "payload"> &
  Partial<Pick<AirPacket, "codingRate" | "invertIQ" | "crc" | "preamble" | "syncWord">>;

export interface Signal {
  /** dBm */
  rssi: number;
  /** dB */
  snr: number;
}

/** A gateway's receiver: it listens to all channels and spreading factors at once, and follows as many packets as it has demodulators. */
export interface Station {
  id: string;
  position?: Position;
  /** Parts per million that its clock, and its carrier, is fast. Default 0: disciplined by GPS. */
  ppm?: number;
  /** Called at `packet.end`, in order of time; start, end and frequency by the gateway's own clock and crystal. A promise holds the air's clock until it is settled (a server beyond UDP). */
  onPacket?(packet: AirPacket, at: Signal): void | Promise<void>;
}

export interface GatewayPort {
  /**
   * Sends at `start` (microseconds of its clock, not before now()). Half duplex: what it hears meanwhile is lost.
   * @returns false when the gateway is to send something else then, the time is past, or it is off
   */
  transmit(start: number, packet: Outgoing): boolean;
  /** The gateway's clock, microseconds: the air's, but for its drift. */
  now(): number;
  /** While false, the gateway neither hears nor sends. */
  setOnline(online: boolean): void;
}

/** Metres. */
export interface Position {
  x: number;
  y: number;
}

export interface NodeOptions {
  position?: Position;
  /** Parts per million that the node's clock, and its carrier, is fast. Default 0. */
  ppm?: number;
  /** Air time (microseconds) at which the program starts. Default: now. */
  startAt?: number;
  /** When the program ends, time stands still until a next nodePort of that id, or remove(): for a node that restarts. Default false. */
  holdWhenEnded?: boolean;
}

export interface AirOptions {
  /** Draws of fading and loss depend on it, the sender, the receiver and the time only. Default 1. */
  seed?: number;
  /** Share of receptions lost for no reason, 0..1. Default 0. */
  lossProbability?: number;
  /**
   * Packets that a gateway can follow at the same time. Default 8: an SX1301 finds preambles on eight channels at all spreading factors and
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
  /** Strong enough, but all demodulators of the gateway were taken. */
  noDemodulator: number;
}
