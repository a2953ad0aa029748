import type { RegionName } from "../types.js";
import { as923Group1, as923Group2, as923Group3, as923Group4, as923Japan } from "./as923.js";
import { au915 } from "./au915.js";
import { cn470 } from "./cn470.js";
import { eu433 } from "./eu433.js";
import { eu868 } from "./eu868.js";
import { in865 } from "./in865.js";
import { kr920 } from "./kr920.js";
import { ru864 } from "./ru864.js";
import type { Region } from "./types.js";
import { us915 } from "./us915.js";

export type { Region } from "./types.js";

export const regions: Readonly<Record<RegionName, Region>> = {
  EU868: eu868,
  US915: us915,
  AU915: au915,
  "AS923-1": as923Group1,
  "AS923-1-JP": as923Japan,
  "AS923-2": as923Group2,
  "AS923-3": as923Group3,
  "AS923-4": as923Group4,
  IN865: in865,
  KR920: kr920,
  RU864: ru864,
  EU433: eu433,
  CN470: cn470,
};

/** RX1's data rate (RP002, "RX1DROffset"), which may be one without LoRa (FSK): RX1 is left out then; undefined for an offset that the region does not have. */
export function rx1DataRate(
  region: Region,
  uplink: number,
  offset: number,
  downlinkDwell: boolean,
): number | undefined {
  const rule = region.rx1;
  if ("table" in rule) return rule.table[uplink]?.[offset];
  const step = rule.offsets[offset];
  if (step === undefined) return undefined;
  const rate = Math.min(
    rule.cap,
    region.dataRates.length - 1,
    Math.max(downlinkDwell ? rule.dwellFloor : (rule.floor ?? 0), uplink - step),
  );
  return rate === rule.reserved ? rate - 1 : rate;
}

/** The duty-cycle band of a frequency; -1: the region has no duty cycle, or the frequency is in none of its bands and must not be used (ChannelPlan.inRange). */
export function bandOf(region: Region, frequency: number): number {
  const { bands } = region;
  for (let i = 0; i < bands.length; i++) if (frequency >= bands[i]!.from && frequency < bands[i]!.to) return i;
  return -1;
}

/** Whether RX2 can use this data rate: in US915 and AU915 downlinks have 500 kHz, from DR8 on. */
export function isDownlinkRate(region: Region, dataRate: number): boolean {
  return dataRate >= (region.downlinkFrom ?? 0) && !!region.dataRates[dataRate];
}

/** Largest RX1DROffset of the region. */
export function largestRx1Offset(region: Region): number {
  return ("table" in region.rx1 ? region.rx1.table[0]!.length : region.rx1.offsets.length) - 1;
}

/** Bytes of application payload at a data rate; 0 where nothing may be sent at it. */
export function maxPayloadAt(region: Region, dataRate: number, dwell: boolean): number {
  return (dwell ? (region.maxPayloadDwell ?? region.maxPayload) : region.maxPayload)[dataRate] ?? 0;
}
