import { ChannelPlan, dynamicChannels } from "./channels.js";
import { maxPayloadAt, type Region } from "./regions/regions.js";

/** Changes when the layout below does: what an older program kept is then not read. */
const layout = 1;
export const noCounter = -1;

/**
 * All that must survive a reset. Two records are kept of it: everything, and the counters alone (`layoutCounters`), which change often.
 */
export class Session {
  /** Tells whose session it is: a node given other credentials starts anew. */
  owner = 0;
  joined = false;
  devAddr = 0;
  netId = 0;
  readonly nwkSKey = new Uint8Array(16);
  readonly appSKey = new Uint8Array(16);
  /** Last JoinNonce accepted; -1: none. */
  joinNonce = -1;

  dataRate = 0;
  powerIndex = 0;
  transmissions = 1;
  rx1Offset = 0;
  rx2DataRate = 0;
  rx2Frequency = 0;
  /** Seconds. */
  rxDelay = 1;
  /** MaxDCycle: at most 1 / 2^n of the time. */
  maxDCycle = 0;
  uplinkDwell = false;
  downlinkDwell = false;
  maxEirp = 0;
  readonly channels: ChannelPlan;
  /** Answers that are repeated until a downlink shows that the network has them. */
  readonly sticky = new Uint8Array(48);
  stickyLength = 0;

  /** The next join request's. Counts up; a value is on flash as used before it is on the air. */
  devNonce = 0;
  /** The next uplink's. */
  fCntUp = 0;
  /** Flash says that counters below this may have been used. */
  fCntUpLimit = 0;
  /** The last downlink's; -1: none. */
  fCntDown = noCounter;
  /** Uplinks since the last downlink. */
  adrCount = 0;

  constructor(region: Region) {
    this.channels = new ChannelPlan(region);
  }

  /** What a fresh session starts from (after a join, or ABP's first). */
  resetLink(region: Region, subBand: number): void {
    this.channels.reset(subBand);
    this.powerIndex = 0;
    this.transmissions = 1;
    this.rx1Offset = 0;
    this.rx2DataRate = region.rx2.dataRate;
    this.rx2Frequency = region.rx2.frequency;
    this.rxDelay = 1;
    this.maxDCycle = 0;
    this.uplinkDwell = region.dwellByDefault;
    this.downlinkDwell = region.dwellByDefault;
    this.maxEirp = region.maxEirp;
    this.stickyLength = 0;
    this.fCntUp = 0;
    this.fCntUpLimit = 0;
    this.fCntDown = noCounter;
    this.adrCount = 0;
  }

  /** Data rate and channels that the uplink can be sent with, when the network's commands have left none: the nearest rate, else the default channels. */
  repair(): void {
    const { region } = this.channels;
    const usable = (rate: number) => maxPayloadAt(region, rate, this.uplinkDwell) > 0 && this.channels.supports(rate);
    for (let tries = 0; tries < 2; tries++) {
      for (let step = 0; step < region.dataRates.length; step++) {
        for (const rate of [this.dataRate - step, this.dataRate + step]) {
          if (!usable(rate)) continue;
          this.dataRate = rate;
          return;
        }
      }
      this.channels.enableDefaults();
    }
  }

  /** Passes every field of the full record, in order, through `field`. */
  layoutFull(field: Fields): void {
    let found = layout;
    field.number(1, layout, (value) => (found = value));
    // These keep their places in every layout: a new program must not use a DevNonce again.
    field.number(4, this.owner, (value) => (this.owner = value));
    field.number(4, this.joinNonce + 1, (value) => (this.joinNonce = value - 1));
    this.layoutNonce(field);
    field.expect(found === layout);
    field.number(1, this.joined ? 1 : 0, (value) => (this.joined = value === 1));
    field.number(4, this.devAddr, (value) => (this.devAddr = value));
    field.number(4, this.netId, (value) => (this.netId = value));
    field.bytes(this.nwkSKey);
    field.bytes(this.appSKey);
    field.number(1, this.dataRate, (value) => (this.dataRate = value));
    field.number(1, this.powerIndex, (value) => (this.powerIndex = value));
    field.number(1, this.transmissions, (value) => (this.transmissions = value));
    field.number(1, this.rx1Offset, (value) => (this.rx1Offset = value));
    field.number(1, this.rx2DataRate, (value) => (this.rx2DataRate = value));
    field.number(4, this.rx2Frequency, (value) => (this.rx2Frequency = value));
    field.number(1, this.rxDelay, (value) => (this.rxDelay = value));
    field.number(1, this.maxDCycle, (value) => (this.maxDCycle = value));
    field.number(1, (this.uplinkDwell ? 1 : 0) | (this.downlinkDwell ? 2 : 0), (value) => {
      this.uplinkDwell = (value & 1) === 1;
      this.downlinkDwell = (value & 2) === 2;
    });
    field.number(1, this.maxEirp, (value) => (this.maxEirp = value));
    field.number(1, this.stickyLength, (value) => (this.stickyLength = value));
    field.bytes(this.sticky);
    const { mask, frequency, down, rates } = this.channels;
    for (let i = 0; i < mask.length; i++) field.number(2, mask[i]!, (value) => (mask[i] = value));
    if (this.channels.region.plan === "dynamic") {
      for (let i = 0; i < dynamicChannels; i++) {
        field.number(4, frequency[i]!, (value) => (frequency[i] = value));
        field.number(4, down[i]!, (value) => (down[i] = value));
        field.number(1, rates[i]!, (value) => (rates[i] = value));
      }
    }
    this.layoutCounters(field);
  }

  /** The counters' record begins with it, in every layout. */
  layoutNonce(field: Fields): void {
    field.number(4, this.devNonce, (value) => (this.devNonce = value));
  }

  layoutCounters(field: Fields): void {
    this.layoutNonce(field);
    field.number(4, this.fCntUpLimit, (value) => (this.fCntUpLimit = value));
    field.number(1, this.fCntDown < 0 ? 0 : 1, (value) => (this.fCntDown = value === 0 ? noCounter : 0));
    field.number(4, Math.max(0, this.fCntDown), (value) => {
      if (this.fCntDown !== noCounter) this.fCntDown = value;
    });
    field.number(2, Math.min(this.adrCount, 0xffff), (value) => (this.adrCount = value));
  }
}

/** One walk over the fields writes them, another reads them, so that the two cannot differ. Numbers are unsigned and little-endian. */
export interface Fields {
  number(bytes: 1 | 2 | 4, value: number, set: (value: number) => void): void;
  bytes(value: Uint8Array): void;
  /** What was read must be so, or the record is not ours. */
  expect(condition: boolean): void;
}

export class FieldWriter implements Fields {
  readonly #bytes = new Uint8Array(512);
  #length = 0;

  number(bytes: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < bytes; i++) this.#bytes[this.#length++] = Math.floor(value / 256 ** i);
  }

  bytes(value: Uint8Array): void {
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  expect(): void {}

  result(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

export class FieldReader implements Fields {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** False once a record turned out to be another layout's. */
  ok = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(bytes: 1 | 2 | 4, _value: number, set: (value: number) => void): void {
    if (this.#at + bytes > this.#bytes.length) this.ok = false;
    if (!this.ok) return;
    let value = 0;
    for (let i = 0; i < bytes; i++) value += this.#bytes[this.#at + i]! * 256 ** i;
    this.#at += bytes;
    set(value);
  }

  bytes(value: Uint8Array): void {
    if (this.#at + value.length > this.#bytes.length) this.ok = false;
    if (!this.ok) return;
    value.set(this.#bytes.subarray(this.#at, this.#at + value.length));
    this.#at += value.length;
  }

  expect(condition: boolean): void {
    if (!condition) this.ok = false;
  }
}
