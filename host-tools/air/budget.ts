import { frameOverhead } from "../../device/lorawan/frames.js";
import { bandOf, maxPayloadAt, regions, rx1DataRate } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { clockError, receiveWindow, symbolTime } from "../../device/lorawan/windows.js";
import { airtime } from "./airtime.js";
import { transmitCurrent, type Currents } from "./currents.js";

/** Airtime and charge of an uplink at one data rate of a region. */
export interface Budget {
  dataRate: number;
  sf: number;
  /** kHz */
  bandwidth: number;
  /** Bytes of payload that fit. */
  maxPayload: number;
  /** Bytes of the PHYPayload. */
  bytes: number;
  /** µs */
  airtime: number;
  /** Why it may not be sent, if so. */
  refused?: "payload too long" | "dwell time";
  /** Uplinks per hour that the duty cycle allows in one band; undefined: no limit. */
  sendsPerHour: number | undefined;
  /** mAh of one uplink and its two empty receive windows: the sum of the next two. */
  milliampereHours: number;
  transmitCharge: number;
  receiveCharge: number;
}

export interface BudgetOptions {
  /** dBm */
  power: number;
  currents: Currents;
  /** RX1 after the uplink, s. */
  rxDelay?: number;
  clockErrorPpm?: number;
}

/** ms of listening in an empty receive window. */
function windowTime(rate: readonly [number, number], delaySeconds: number, ppm: number): number {
  const [sf, kilohertz] = rate;
  return (
    receiveWindow(sf, kilohertz * 1000, clockError(delaySeconds * 1000, ppm, 2), 1).symbols *
    symbolTime(sf, kilohertz * 1000)
  );
}

/** One row per uplink data rate of the region, slowest first. */
export function budgets(
  name: RegionName,
  payload: number,
  { power, currents, rxDelay = 1, clockErrorPpm = 20 }: BudgetOptions,
): Budget[] {
  const region = regions[name];
  const dwell = region.dwellTimeByDefault;
  const channel = region.defaultChannels[0] ?? region.fixed![0].narrow[0]!.first;
  const band = region.bands[bandOf(region, channel)];
  const rx2 = region.dataRates[region.rx2.dataRate]!;
  return region.dataRates.flatMap((rate, dataRate): Budget[] => {
    const isUplink =
      (dataRate >= region.uplinkRates[0] && dataRate <= region.uplinkRates[1]) ||
      dataRate === region.fixed?.[0].wide?.dataRate;
    if (!rate || !isUplink) return [];
    const [sf, bandwidth] = rate;
    const bytes = payload + frameOverhead;
    const maxPayload = maxPayloadAt(region, dataRate, dwell);
    const time = airtime({ sf, bandwidth: bandwidth * 1000 }, Math.min(255, bytes));
    const limit = bandwidth === 125 && region.regulatoryDwell > 0 ? region.regulatoryDwell : dwell ? 400 : 0;
    const refused =
      payload > maxPayload ? "payload too long" : limit > 0 && time > limit * 1000 ? "dwell time" : undefined;
    const rx1 = region.dataRates[rx1DataRate(region, dataRate, 0, dwell) ?? dataRate] ?? rate;
    const listening = windowTime(rx1, rxDelay, clockErrorPpm) + windowTime(rx2, rxDelay + 1, clockErrorPpm);
    const transmitCharge = ((time / 1000) * transmitCurrent(currents, power)) / 3.6e6;
    const receiveCharge = (listening * currents.receive) / 3.6e6;
    return [
      {
        dataRate,
        sf,
        bandwidth,
        maxPayload,
        bytes,
        airtime: time,
        ...(refused ? { refused } : {}),
        sendsPerHour: refused ? 0 : band ? Math.floor((3600e6 * band.duty) / time) : undefined,
        milliampereHours: transmitCharge + receiveCharge,
        transmitCharge,
        receiveCharge,
      },
    ];
  });
}
