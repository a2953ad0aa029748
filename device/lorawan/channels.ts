import { readU24 } from "./security.js";
import { bandOf, type Region } from "./regions/regions.js";

/** Dynamic plans number up to 16 channels, fixed ones 72: 64 of 125 kHz and 8 of 500 kHz. */
export const dynamicChannels = 16;
const channels125 = 64;
const fixedChannels = 72;

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

  constructor(region: Region) {
    this.region = region;
  }

  /** The channels before any MAC command; `subBand` 1..8 chooses eight channels of 125 kHz and one of 500 kHz of a fixed plan. */
  reset(subBand = 0): void {
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
      this.mask.fill(0xffff, 0, 4);
      this.mask[4] = 0xff;
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
    this.mask[4] = 1 << (subBand - 1);
  }

  /** Fixed plan: the sub-band of a channel, 1..8. */
  subBandOf(channel: number): number {
    return 1 + (channel < channels125 ? channel >> 3 : channel - channels125);
  }

  /** Fixed plan: the sub-band that all enabled channels are in; 0: there are several. */
  get subBand(): number {
    let found = 0;
    for (let i = 0; i < fixedChannels; i++) {
      if (!this.isOn(i) || this.subBandOf(i) === found) continue;
      if (found > 0) return 0;
      found = this.subBandOf(i);
    }
    return found;
  }

  get count(): number {
    return this.region.plan === "fixed" ? fixedChannels : dynamicChannels;
  }

  exists(index: number): boolean {
    return this.region.plan === "fixed"
      ? index < fixedChannels
      : index < dynamicChannels && this.frequency[index] !== 0;
  }

  isOn(index: number, mask: Uint16Array = this.mask): boolean {
    return ((mask[index >> 4]! >> (index & 15)) & 1) === 1 && this.exists(index);
  }

  /** Whether the channel supports uplinks at this data rate. */
  carries(index: number, dataRate: number): boolean {
    const { fixed, uplinkRates } = this.region;
    if (!this.region.dataRates[dataRate]) return false;
    if (fixed)
      return index < channels125
        ? dataRate >= uplinkRates[0] && dataRate <= uplinkRates[1]
        : dataRate === fixed.dataRate500;
    return dataRate >= (this.rates[index]! & 15) && dataRate <= this.rates[index]! >> 4;
  }

  /** Whether some channel of `mask` supports the data rate. */
  supports(dataRate: number, mask: Uint16Array = this.mask): boolean {
    for (let i = 0; i < this.count; i++) if (this.isOn(i, mask) && this.carries(i, dataRate)) return true;
    return false;
  }

  uplinkFrequency(index: number): number {
    const { fixed } = this.region;
    if (!fixed) return this.frequency[index]!;
    return index < channels125
      ? fixed.uplink125.first + index * fixed.uplink125.step
      : fixed.uplink500.first + (index - channels125) * fixed.uplink500.step;
  }

  rx1Frequency(index: number): number {
    const { fixed } = this.region;
    if (!fixed) return this.down[index]! || this.frequency[index]!;
    return fixed.down.first + (index & 7) * fixed.down.step;
  }

  /** Whether a MAC command may set this frequency: it is in the region's range and, where the duty cycle is limited by band, in a band (EU868 has gaps, reserved for alarms). */
  inRange(frequency: number): boolean {
    const { bands, range } = this.region;
    return (
      frequency >= range[0] && frequency <= range[1] && (bands.length === 0 || bandOf(this.region, frequency) >= 0)
    );
  }

  /** How many channels of 125 kHz are enabled, in a fixed plan. */
  enabled125(mask: Uint16Array = this.mask): number {
    let count = 0;
    for (let i = 0; i < channels125; i++) if (this.isOn(i, mask)) count++;
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
    if (this.region.plan === "dynamic") {
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
    if (control < 4) mask[control] = bits;
    else if (control === 4) mask[4] = bits & 0xff;
    else if (control === 5) {
      // One bit per bank: eight channels of 125 kHz and the 500 kHz channel among them (RP002, "LinkAdrReq" of US915).
      for (let bank = 0; bank < 8; bank++) {
        const part = bank & 1 ? 0xff00 : 0x00ff;
        if ((bits >> bank) & 1) mask[bank >> 1]! |= part;
        else mask[bank >> 1]! &= ~part;
      }
      mask[4] = bits & 0xff;
    } else {
      mask.fill(control === 6 ? 0xffff : 0, 0, 4);
      mask[4] = bits & 0xff;
    }
    return control <= 7;
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
      const mask = this.mask.map(
        (_, word) => (list[2 * word]! | (list[2 * word + 1]! << 8)) & (word === 4 ? 0xff : 0xffff),
      );
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
