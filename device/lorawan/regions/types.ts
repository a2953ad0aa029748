/** A region's rules as data, after RP002-1.0.4 (LoRaWAN regional parameters). Frequencies in Hz, arrays are indexed by data rate unless noted. */
export interface Region {
  /** dynamic: the network defines up to 16 channels; fixed: 64 + 8 predefined channels, which the network masks. */
  plan: "dynamic" | "fixed";
  /** [spreading factor, bandwidth in kHz]; null: none, or FSK or LR-FHSS, which the drivers do not modulate. */
  dataRates: readonly (readonly [spreadingFactor: number, bandwidth: number] | null)[];
  /** Slowest and fastest data rate of an uplink on the channels of 125 kHz. */
  uplinkRates: readonly [slowest: number, fastest: number];
  /** Bytes of application payload in an uplink without FOpts (N of the tables without repeaters). */
  maxPayload: readonly number[];
  /** The same under a dwell time of 400 ms; absent where the region has none. */
  maxPayloadDwell?: readonly number[];
  /** Whether both directions are limited to 400 ms until TxParamSetupReq changes it. */
  dwellTimeByDefault: boolean;
  /** The longest transmission that the regulation allows, ms; 0: no limit. */
  regulatoryDwell: number;
  /** Whether the network may set dwell time and power with TxParamSetupReq. */
  txParamSetup: boolean;
  /** Lowest and highest frequency that a MAC command may set. */
  range: readonly [low: number, high: number];
  /** Dynamic plan: the channels that always exist. */
  defaultChannels: readonly number[];
  /** Fixed plan: uplink and downlink channels. */
  fixed?: FixedPlan;
  /** Data rates of join requests, one per attempt, cyclically. */
  joinDataRates: readonly number[];
  rx2: { frequency: number; dataRate: number };
  /** RX1's data rate by uplink data rate and RX1DROffset, or the offsets of the formula min(cap, max(floor, uplink - offset)); `reserved`, which it may give, stands for the one below. */
  rx1:
    | { table: readonly (readonly number[])[] }
    | { offsets: readonly number[]; cap: number; dwellFloor: number; reserved?: number };
  /** dBm at TXPower 0. */
  maxEirp: number;
  /** The most that the antenna's feed may get, dBm, where the regulation limits it beside the EIRP. */
  maxConducted?: number;
  /** Highest TXPower index; each step is 2 dB less. */
  maxTxPower: number;
  /** Duty cycle by band; where there are bands, a frequency outside them is not used. */
  bands: readonly Band[];
  /** Listen before talk, where the regulation requires it. */
  listen?: { threshold: number; ms: number };
  /** Bands in which less power than maxEirp is allowed. */
  lowPower?: { from: number; to: number; eirp: number };
  /** Less power than maxEirp is allowed while fewer than `below` channels of 125 kHz are enabled. */
  fewChannels?: { below: number; eirp: number };
  /** Fewer channels of 125 kHz than this, but more than none, may not be enabled. */
  least125?: number;
}

export interface Band {
  from: number;
  to: number;
  /** Share of any hour: 0.01 is 36 s. */
  duty: number;
}

export interface FixedPlan {
  /** 64 channels of 125 kHz. */
  uplink125: { first: number; step: number };
  /** 8 channels of 500 kHz, whose only data rate is `dataRate500`. */
  uplink500: { first: number; step: number };
  dataRate500: number;
  /** 8 downlink channels. */
  down: { first: number; step: number };
}
