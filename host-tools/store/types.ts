/** One frame of a node, as the network server gave it. */
export interface ReceivedUplink {
  devEui: string;
  port: number;
  payload: Uint8Array;
  /** Identifies the transmission: the same when the network server delivers it again, another one when the node sends again. */
  frame: string;
  /** Seconds since 1970. */
  received: number;
  counter?: number;
  dataRate?: number;
  frequency?: number;
  /** ms */
  airtime?: number;
  /** Every gateway that received it, best first. */
  receptions: { gateway: string; rssi: number; snr: number }[];
}

/** What a network server has learnt by DevStatusReq. */
export interface NodeStatus {
  devEui: string;
  /** Seconds since 1970. */
  at: number;
  /** As in DevStatusAns: 0 external power, 1..254 from empty to full, 255 unknown. */
  battery: number;
  /** dB above what the node needs to hear the network. */
  margin?: number;
}

/** The cloud's decision. */
export interface Answer {
  label: number;
  confidence: number;
}

/** What was known of a payload when it came. */
export interface Taken {
  /** Of the payload; the same for each of its copies. */
  id: number;
  isDuplicate: boolean;
  answer?: Answer;
  /** Of a deferred window: the sequence of the package that brought the node's network; 0: the firmware's own. */
  model?: number;
}
