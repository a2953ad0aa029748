import { readU24 } from "./security.js";
import { commonJoin, countOf, firstJoin, frequencyOf } from "./regions/fixed.js";
import { bandOf, type Region } from "./regions/regions.js";
import type { FixedPlan } from "./regions/types.js";

/** Dynamic plans number up to 16 channels. */
export const dynamicChannels = 16;
/** The word of a mask with the channels of 500 kHz. */
const wideWord = 4;

/** The channels that the node may use: those that the network defined (dynamic plan), and its channel mask. */
export class ChannelPlan {
  readonly region: Region;
  /** Dynamic plan; Hz, 0: no such channel. */
  readonly frequency = new Uint32Array(dynamicChannels);
  /** RX1 frequency when it differs from the uplink's (DlChannelReq), else 0. */
  readonly down = new Uint32Array(dynamicChannels);
  /** Fastest data rate in the upper four bits, slowest in the lower. */
  readonly rates = new Uint8Array(dynamicChannels);
  /** Bit i of word w: channel 16 w + i is enabled. */
  readonly mask = new Uint16Array(5);
  /** Fixed plan: the sub-band that the node is set to, 1..8; 0: none. */
  #subBand = 0;
  /** Of the region's fixed plans the one in use. */
  #plan = 0;
  /** How many of its channels have 125 kHz, and how many it has. */
  #narrow = 0;
  #count = dynamicChannels;

  constructor(region: Region) {
    this.region = region;
    this.plan = 0;
  }

  /** Fixed plan: which of the region's it is, from 0 on. */
  get plan(): number {
    return this.#plan;
  }

  set plan(plan: number) {
    this.#plan = this.region.fixed?.[plan] ? plan : 0;
    const { fixed } = this;
    if (!fixed) return;
    this.#narrow = countOf(fixed.narrow);
    this.#count = this.#narrow + (fixed.wide ? this.#narrow >> 3 : 0);
  }

  /** Undefined in a dynamic plan. */
  get fixed(): FixedPlan | undefined {
    return this.region.fixed?.[this.#plan];
  }

  /** The channels before any MAC command; `subBand` 1..8 chooses eight channels of 125 kHz and one of 500 kHz of the fixed plan `plan`. */
  reset(subBand = 0, plan = 0): void {
    this.plan = plan;
    this.frequency.fill(0);
    this.down.fill(0);
    this.mask.fill(0);
    this.#subBand = subBand;
    this.enableDefaults();
  }

  /** Enables the default channels, leaving the others unchanged (the last step of ADR back-off). */
  enableDefaults(): void {
    if (this.region.plan === "fixed") {
      if (this.#subBand > 0) return this.useSubBand(this.#subBand);
      for (let word = 0; word < this.mask.length; word++) this.mask[word] = this.#bitsOf(word);
      return;
    }
    const { defaultChannels } = this.region;
    for (let i = 0; i < defaultChannels.length; i++) {
      this.frequency[i] = defaultChannels[i]!;
      this.rates[i] = 0x50;
      this.mask[0]! |= 1 << i;
    }
  }

  /** Fixed plan: enables the sub-band's channels only, eight of 125 kHz and one of 500 kHz. */
  useSubBand(subBand: number): void {
    this.mask.fill(0);
    this.mask[(subBand - 1) >> 1] = subBand & 1 ? 0x00ff : 0xff00;
    if (this.fixed?.wide) this.mask[wideWord] = 1 << (subBand - 1);
  }

  /** Fixed plan: the channels that there are in a word of the mask. */
  #bitsOf(word: number): number {
    if (16 * word < this.#narrow) return 0xffff;
    return word === wideWord && this.fixed?.wide ? 0xff : 0;
  }

  /** Fixed plan: the sub-band of a channel, 1..8. */
  subBandOf(channel: number): number {
    return 1 + (channel < this.#narrow ? channel >> 3 : channel - this.#narrow);
  }

  /** Fixed plan: the sub-band that all enabled channels are in; 0: there are several. */
  get subBand(): number {
    let found = 0;
    for (let i = 0; i < this.#count; i++) {
      if (!this.isOn(i) || this.subBandOf(i) === found) continue;
      if (found > 0) return 0;
      found = this.subBandOf(i);
    }
    return found;
  }

  get count(): number {
    return this.#count;
  }

  /** As `count`, with the common join channels. */
  get end(): number {
    const joins = this.region.fixed?.reduce((sum, plan) => sum + (plan.joins?.count ?? 0), 0) ?? 0;
    return joins > 0 ? firstJoin + joins : this.#count;
  }

  exists(index: number): boolean {
    if (index >= firstJoin) return commonJoin(this.region, index - firstJoin) !== undefined;
    return index < this.#count && (this.region.plan === "fixed" || this.frequency[index] !== 0);
  }

  isOn(index: number, mask: Uint16Array = this.mask): boolean {
    return ((mask[index >> 4]! >> (index & 15)) & 1) === 1 && this.exists(index);
  }

  /** Whether the channel supports uplinks at this data rate. */
  carries(index: number, dataRate: number): boolean {
    const { uplinkRates } = this.region;
    const { fixed } = this;
    if (!this.region.dataRates[dataRate]) return false;
    if (fixed)
      return index < this.#narrow || index >= firstJoin
        ? dataRate >= uplinkRates[0] && dataRate <= uplinkRates[1]
        : dataRate === fixed.wide?.dataRate;
    return dataRate >= (this.rates[index]! & 15) && dataRate <= this.rates[index]! >> 4;
  }

  /** Whether some channel of `mask` supports the data rate. */
  supports(dataRate: number, mask: Uint16Array = this.mask): boolean {
    for (let i = 0; i < this.count; i++) if (this.isOn(i, mask) && this.carries(i, dataRate)) return true;
    return false;
  }

  uplinkFrequency(index: number): number {
    const { fixed } = this;
    if (!fixed) return this.frequency[index]!;
    if (index >= firstJoin) return commonJoin(this.region, index - firstJoin)!.frequency;
    return index < this.#narrow
      ? frequencyOf(fixed.narrow, index)
      : fixed.wide!.first + (index - this.#narrow) * fixed.wide!.step;
  }

  rx1Frequency(index: number): number {
    const { fixed } = this;
    if (!fixed) return this.down[index]! || this.frequency[index]!;
    if (index >= firstJoin) return commonJoin(this.region, index - firstJoin)!.rx1;
    return frequencyOf(fixed.down, index % countOf(fixed.down));
  }

  /** Frequency of RX2 until the network sets another: after a join request on `index`, or where no join decides it. */
  rx2Frequency(index = 0): number {
    if (index >= firstJoin) return commonJoin(this.region, index - firstJoin)!.rx2;
    return this.fixed?.rx2 ?? this.region.rx2.frequency;
  }

  /** Whether a MAC command may set this frequency: it is in the region's range and, where the duty cycle is limited by band, in a band (EU868 has gaps, reserved for alarms). */
  inRange(frequency: number): boolean {
    const { bands, range } = this.region;
    return (
      frequency >= range[0] && frequency <= range[1] && (bands.length === 0 || bandOf(this.region, frequency) >= 0)
    );
  }

  /** How many channels of 125 kHz are enabled, in the fixed plan. */
  enabled125(mask: Uint16Array = this.mask): number {
    let count = 0;
    for (let i = 0; i < this.#narrow; i++) if (this.isOn(i, mask)) count++;
    return count;
  }

  /** Whether the mask has a channel, and of 125 kHz not so few that the regulation forbids it. */
  isUsable(mask: Uint16Array): boolean {
    const narrow = this.region.fixed ? this.enabled125(mask) : 0;
    if (narrow > 0 && narrow < (this.region.least125 ?? 0)) return false;
    for (let i = 0; i < this.count; i++) if (this.isOn(i, mask)) return true;
    return false;
  }

  /** Applies one LinkADRReq's mask to `mask`. False for an undefined channel or a ChMaskCntl that the region does not have. */
  applyMask(control: number, bits: number, mask: Uint16Array): boolean {
    const { fixed } = this;
    if (!fixed) {
      if (control === 6) {
        mask[0] = 0;
        for (let i = 0; i < dynamicChannels; i++) if (this.frequency[i] !== 0) mask[0] |= 1 << i;
        return true;
      }
      if (control !== 0) return false;
      mask[0] = bits;
      for (let i = 0; i < dynamicChannels; i++) if ((bits >> i) & 1 && this.frequency[i] === 0) return false;
      return true;
    }
    const { words, banks, on, off } = fixed.masks;
    if (control < words) mask[control] = bits & this.#bitsOf(control);
    else if (control === banks) {
      // One bit per bank: eight channels of 125 kHz and the 500 kHz channel among them (RP002, "LinkAdrReq" of US915).
      for (let bank = 0; bank < 8; bank++) {
        const part = bank & 1 ? 0xff00 : 0x00ff;
        if ((bits >> bank) & 1) mask[bank >> 1]! |= part;
        else mask[bank >> 1]! &= ~part;
      }
      mask[wideWord] = bits & 0xff;
    } else if (control === on || control === off) {
      for (let word = 0; word < wideWord; word++) mask[word] = control === on ? this.#bitsOf(word) : 0;
      mask[wideWord] = bits & this.#bitsOf(wideWord);
    } else return false;
    return true;
  }

  /** The join accept's CFList of 16 bytes: type 0 defines five channels after the default ones, type 1 holds masks; others are ignored. */
  applyList(list: Uint8Array): void {
    const type = list[15];
    if (type === 0 && this.region.plan === "dynamic") {
      for (let i = 0; i < 5; i++) {
        const frequency = readU24(list, 3 * i) * 100;
        const index = this.region.defaultChannels.length + i;
        if (frequency !== 0 && this.inRange(frequency)) this.define(index, frequency, 0x50);
      }
    } else if (type === 1 && this.region.plan === "fixed") {
      const mask = this.mask.map((_, word) => (list[2 * word]! | (list[2 * word + 1]! << 8)) & this.#bitsOf(word));
      if (this.isUsable(mask)) this.mask.set(mask);
    }
  }

  /** Adds or changes a channel and enables it; a frequency of 0 removes it. */
  define(index: number, frequency: number, rates: number): void {
    this.frequency[index] = frequency;
    this.down[index] = 0;
    this.rates[index] = rates;
    if (frequency !== 0) this.mask[0]! |= 1 << index;
    else this.mask[0]! &= ~(1 << index);
  }
}
