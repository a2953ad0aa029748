import type { Fields } from "../flash/fields.js";
import { ChannelPlan, dynamicChannels } from "./channels.js";
import { maxPayloadAt, type Region } from "./regions/regions.js";

/** Version of the layout below: records of another version are not read. */
const layout = 1;
export const noFCnt = -1;

/**
 * The state that must survive a reset, in two records: the full state, and only the counters (`layoutCounters`), which change often.
 */
export class Session {
  /** Fingerprint of the credentials: other credentials start a new session. */
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
  nbTrans = 1;
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
  /** Answers that are repeated until a downlink is received. */
  readonly sticky = new Uint8Array(48);
  stickyLength = 0;

  /** DevNonce of the next join request. Incremented and persisted before transmitting. */
  devNonce = 0;
  /** FCnt of the next uplink. */
  fCntUp = 0;
  /** Persisted bound: counters below this may have been used. */
  fCntUpLimit = 0;
  /** FCnt of the last downlink; -1: none. */
  fCntDown = noFCnt;
  /** Uplinks since the last downlink. */
  adrAckCnt = 0;

  constructor(region: Region) {
    this.channels = new ChannelPlan(region);
  }

  /** Defaults of a new session (after a join, or ABP's first start). */
  resetLink(region: Region, subBand: number): void {
    this.channels.reset(subBand);
    this.powerIndex = 0;
    this.nbTrans = 1;
    this.rx1Offset = 0;
    this.rx2DataRate = region.rx2.dataRate;
    this.rx2Frequency = region.rx2.frequency;
    this.rxDelay = 1;
    this.maxDCycle = 0;
    this.uplinkDwell = region.dwellTimeByDefault;
    this.downlinkDwell = region.dwellTimeByDefault;
    this.maxEirp = region.maxEirp;
    this.stickyLength = 0;
    this.fCntUp = 0;
    this.fCntUpLimit = 0;
    this.fCntDown = noFCnt;
    this.adrAckCnt = 0;
  }

  /** Restores a usable data rate and channels when MAC commands have left none: the nearest data rate, else the default channels. */
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
    // These have the same offset in every layout version: a new firmware must not reuse a DevNonce.
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
    field.number(1, this.nbTrans, (value) => (this.nbTrans = value));
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

  /** The first field of the counters record, in every layout version. */
  layoutNonce(field: Fields): void {
    field.number(4, this.devNonce, (value) => (this.devNonce = value));
  }

  layoutCounters(field: Fields): void {
    this.layoutNonce(field);
    field.number(4, this.fCntUpLimit, (value) => (this.fCntUpLimit = value));
    field.number(1, this.fCntDown < 0 ? 0 : 1, (value) => (this.fCntDown = value === 0 ? noFCnt : 0));
    field.number(4, Math.max(0, this.fCntDown), (value) => {
      if (this.fCntDown !== noFCnt) this.fCntDown = value;
    });
    field.number(2, Math.min(this.adrAckCnt, 0xffff), (value) => (this.adrAckCnt = value));
  }
}
