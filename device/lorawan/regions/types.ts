import type { ChannelPlanName } from "../types.js";

/** A region's rules as data, after RP002-1.0.4 (LoRaWAN regional parameters). Frequencies in Hz, arrays are indexed by data rate unless noted. */
export interface Region {
  /** dynamic: the network defines up to 16 channels; fixed: predefined channels, which the network masks. */
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
  /** Fixed plan: uplink and downlink channels. Of several plans a node uses the one in whose join channel it was heard. */
  fixed?: readonly [FixedPlan, ...FixedPlan[]];
  /** Slowest data rate of downlinks; absent: 0. */
  downlinkFrom?: number;
  /** Data rates of join requests, one per attempt, cyclically; of a fixed plan with channels of 500 kHz those of 125 and 500 kHz. */
  joinDataRates: readonly number[];
  rx2: { frequency: number; dataRate: number };
  /** RX1's data rate by uplink data rate and RX1DROffset, or the offsets of the formula min(cap, max(floor, uplink - offset)), whose floor without dwell time is 0 by default; `reserved`, which it may give, stands for the one below. */
  rx1:
    | { table: readonly (readonly number[])[] }
    | { offsets: readonly number[]; cap: number; floor?: number; dwellFloor: number; reserved?: number };
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

/** Channels at equal distances, Hz. */
export interface Run {
  first: number;
  step: number;
  count: number;
}

export interface FixedPlan {
  /** Where a region has several plans. */
  name?: ChannelPlanName;
  /** Channels of 125 kHz from 0 on, in sub-bands of eight. */
  narrow: readonly Run[];
  /** After them one of 500 kHz in each sub-band, and its only data rate. */
  wide?: { first: number; step: number; dataRate: number };
  /** RX1 is on the channel of these whose number is the uplink's, modulo their count. */
  down: readonly Run[];
  /** ChMaskCntl: below `words` 16 channels from 16 times its value on, a bit in ChMask each; `banks`: a bit for each sub-band; `on`, `off`: all of 125 kHz, and a bit for each of 500 kHz. */
  masks: { words: number; banks?: number; on: number; off: number };
  /** Frequency of RX2 where no join request decides it; absent: the region's. */
  rx2?: number;
  /** Channels for join requests, where not all are: every `step`th from `first` on. RX1 is on `rx1`, or else the channel's; RX2, which the session keeps, on a frequency of its own for each. */
  joins?: { first: number; step: number; count: number; rx1?: number; rx2: { first: number; step: number } };
}
