/** A region's rules as data, after RP002-1.0.4 (LoRaWAN regional parameters). Frequencies in Hz, indexes by data rate where not said otherwise. */
export interface Region {
  /** dynamic: the network names up to 16 channels; fixed: 64 + 8 channels known beforehand, the network masks them. */
  plan: "dynamic" | "fixed";
  /** [spreading factor, bandwidth in kHz]; null: none, or FSK or LR-FHSS, which the drivers do not modulate. */
  dataRates: readonly (readonly [spreadingFactor: number, bandwidth: number] | null)[];
  /** Slowest and fastest data rate of an uplink on the channels of 125 kHz. */
  uplinkRates: readonly [slowest: number, fastest: number];
  /** Bytes of application payload that fit an uplink without MAC answers (N of the tables without repeaters). */
  maxPayload: readonly number[];
  /** The same under a dwell time of 400 ms; absent where the region knows none. */
  maxPayloadDwell?: readonly number[];
  /** Whether both directions are limited to 400 ms until the network says otherwise (TxParamSetupReq). */
  dwellByDefault: boolean;
  /** The longest transmission that the regulator allows whatever the network says, ms; 0: none. */
  regulatoryDwell: number;
  /** Whether the network may set dwell time and power with TxParamSetupReq. */
  txParamSetup: boolean;
  /** Lowest and highest frequency that a MAC command may name. */
  range: readonly [low: number, high: number];
  /** Dynamic plan: the channels that always exist. */
  defaultChannels: readonly number[];
  /** Fixed plan: uplink and downlink channels. */
  fixed?: FixedPlan;
  /** Data rates that join requests go through, one an attempt, again from the start after the last. */
  joinRates: readonly number[];
  rx2: { frequency: number; dataRate: number };
  /** RX1's data rate by uplink data rate and RX1DROffset, or the offsets of the formula min(cap, max(floor, uplink - offset)). */
  rx1: { table: readonly (readonly number[])[] } | { offsets: readonly number[]; cap: number; dwellFloor: number };
  /** dBm at TXPower 0. */
  maxEirp: number;
  /** Highest TXPower index; each takes 2 dB off. */
  powerSteps: number;
  /** Duty cycle by band; where there are any, a frequency in none is not used. */
  bands: readonly Band[];
  /** Listen before talk, where the law wants it. */
  listen?: { threshold: number; ms: number };
  /** Bands in which less power than maxEirp is allowed. */
  lowPower?: { from: number; to: number; eirp: number };
  /** Less power than maxEirp is allowed while fewer channels of 125 kHz are on than `below`. */
  fewChannels?: { below: number; eirp: number };
}

export interface Band {
  from: number;
  to: number;
  /** Share of any hour: 0.01 is 36 s. */
  duty: number;
}

export interface FixedPlan {
  /** 64 channels of 125 kHz. */
  narrow: { first: number; step: number };
  /** 8 channels of 500 kHz, whose only data rate is `wideRate`. */
  wide: { first: number; step: number };
  wideRate: number;
  /** 8 downlink channels. */
  down: { first: number; step: number };
}
