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
  resetLink(region: Region, subBand: number, plan = 0): void {
    this.channels.reset(subBand, plan);
    this.powerIndex = 0;
    this.nbTrans = 1;
    this.rx1Offset = 0;
    this.rx2DataRate = region.rx2.dataRate;
    this.rx2Frequency = this.channels.rx2Frequency();
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

  /** Passes every field of the full record, in order, through `field`. @param isReadable by its owner, whether more of a record than its head can be read */
  layoutFull(field: Fields, isReadable: (owner: number) => boolean = () => true): void {
    const found = field.number(1, layout);
    // These have the same offset in every layout version: a new firmware must not reuse a DevNonce.
    this.owner = field.number(4, this.owner);
    this.joinNonce = field.number(4, this.joinNonce + 1) - 1;
    this.layoutNonce(field);
    field.expect(found === layout && isReadable(this.owner));
    this.joined = field.number(1, this.joined ? 1 : 0) === 1;
    this.devAddr = field.number(4, this.devAddr);
    this.netId = field.number(4, this.netId);
    field.bytes(this.nwkSKey);
    field.bytes(this.appSKey);
    this.dataRate = field.number(1, this.dataRate);
    this.powerIndex = field.number(1, this.powerIndex);
    this.nbTrans = field.number(1, this.nbTrans);
    this.rx1Offset = field.number(1, this.rx1Offset);
    this.rx2DataRate = field.number(1, this.rx2DataRate);
    this.rx2Frequency = field.number(4, this.rx2Frequency);
    this.rxDelay = field.number(1, this.rxDelay);
    this.maxDCycle = field.number(1, this.maxDCycle);
    const dwell = field.number(1, (this.uplinkDwell ? 1 : 0) | (this.downlinkDwell ? 2 : 0));
    this.uplinkDwell = (dwell & 1) === 1;
    this.downlinkDwell = (dwell & 2) === 2;
    this.maxEirp = field.number(1, this.maxEirp);
    // Only TxParamSetupReq changes it, to whole dBm.
    if (!this.channels.region.txParamSetup) this.maxEirp = this.channels.region.maxEirp;
    this.stickyLength = field.number(1, this.stickyLength);
    field.bytes(this.sticky);
    const { mask, frequency, down, rates, region } = this.channels;
    if (region.fixed && region.fixed.length > 1) this.channels.plan = field.number(1, this.channels.plan);
    for (let i = 0; i < mask.length; i++) mask[i] = field.number(2, mask[i]!);
    if (region.plan === "dynamic") {
      for (let i = 0; i < dynamicChannels; i++) {
        frequency[i] = field.number(4, frequency[i]!);
        down[i] = field.number(4, down[i]!);
        rates[i] = field.number(1, rates[i]!);
      }
    }
    this.layoutCounters(field);
  }

  /** The first field of the counters record, in every layout version. */
  layoutNonce(field: Fields): void {
    this.devNonce = field.number(4, this.devNonce);
  }

  layoutCounters(field: Fields): void {
    this.layoutNonce(field);
    this.fCntUpLimit = field.number(4, this.fCntUpLimit);
    const hasDown = field.number(1, this.fCntDown < 0 ? 0 : 1);
    const down = field.number(4, Math.max(0, this.fCntDown));
    this.fCntDown = hasDown === 0 ? noFCnt : down;
    this.adrAckCnt = field.number(2, Math.min(this.adrAckCnt, 0xffff));
  }
}
