import type { NodeConfig } from "../../device/config.js";
import { stampBytes } from "../../device/codec/stamp.js";
import { featureLayout } from "../../device/features/layout.js";
import { linkPower } from "../../device/lorawan/power.js";
import { bandOf, maxPayloadAt, regions } from "../../device/lorawan/regions/regions.js";
import { budgets } from "../air/budget.js";
import { currents as radioCurrents, type Currents } from "../air/currents.js";
import { UserError } from "../lib/errors.js";
import type { CheckedNode } from "../node/schema/node.js";

export const secondsADay = 86_400;
/** The Things Network's fair use policy: seconds of uplink airtime a day. https://www.thethingsnetwork.org/docs/lorawan/duty-cycle/ */
export const fairUseSeconds = 30;
/** Bytes of a report of one window, and of a deferral around its window (device/codec). */
const reportBytes = stampBytes + 3;
const deferralBytes = stampBytes + 5;

/** The uplinks of a day at one data rate. */
export interface AirDay {
  dataRate: number;
  sf: number;
  /** kHz */
  bandwidth: number;
  reports: number;
  deferrals: number;
  /** Bytes of payload of a deferral at this data rate. */
  deferralBytes: number;
  /** Of all uplinks, seconds. */
  airtimeSeconds: number;
  /** Seconds that the law allows in a day in the band of the region's first channel; undefined: no limit. */
  lawSeconds: number | undefined;
  /** Why an uplink may not be sent at all at this data rate. */
  refused?: "payload too long" | "dwell time";
  /** Charge of transmitting and of receive windows, mAh. */
  transmitCharge: number;
  receiveCharge: number;
}

/** What a day holds. */
export interface DayAssumptions {
  windows: number;
  /** Share of windows that are deferred. */
  deferred: number;
}

export const windowsADay = (config: NodeConfig): number => Math.floor(secondsADay / config.window.everySeconds);

/** The key of `currents` for the node's radio. */
function radioKey({ radio: { board } }: CheckedNode): string {
  const ldo = "regulator" in board && board.regulator === "ldo" ? "-ldo" : "";
  const rfo = "paPin" in board && board.paPin === "rfo" ? "-rfo" : "";
  const chip = { sx1268: "sx1262", sx1272: "sx1276", sx1278: "sx1276" }[board.chip as string] ?? board.chip;
  const key = `${chip}${ldo}${rfo}`;
  if (!radioCurrents[key]) throw new UserError(`no currents are known for the radio ${key}`);
  return key;
}

/** Currents of the node's radio, as it is set. */
export function radioCurrentsOf(config: CheckedNode): Currents {
  const { receiveSaving, ...currents } = radioCurrents[radioKey(config)]!;
  const { board } = config.radio;
  const isSaving = "rxGain" in board && board.rxGain === "power saving";
  return isSaving && receiveSaving !== undefined ? { ...currents, receive: receiveSaving } : currents;
}

/** dBm that the link sets the chip to, before the network lowers it. */
function transmitPower({ radio: { region, board, antennaGain } }: CheckedNode): number {
  const [lowest, highest] = linkPower(board.chip, "paPin" in board ? board.paPin : undefined);
  const asked = Math.floor(regions[region].maxEirp - antennaGain + 1e-6);
  return Math.max(lowest, Math.min(asked, board.maxPower ?? highest, highest));
}

/** One row per data rate of the node's region: every window is one uplink, a report or a deferral with its window. */
export function airDays(config: CheckedNode, { windows, deferred }: DayAssumptions): AirDay[] {
  const { region: name } = config.radio;
  const region = regions[name];
  const currents = radioCurrentsOf(config);
  const power = transmitPower(config);
  const size = deferralBytes + config.window.frames * featureLayout(config).count;
  const deferrals = Math.round(windows * deferred);
  const reports = windows - deferrals;
  const channel = region.defaultChannels[0] ?? region.fixed![0].narrow[0]!.first;
  const band = region.bands[bandOf(region, channel)];
  return budgets(name, reportBytes, { power, currents }).map((report): AirDay => {
    const room = maxPayloadAt(region, report.dataRate, region.dwellTimeByDefault);
    const bytes = Math.min(room, size);
    const deferral = budgets(name, bytes, { power, currents }).find((row) => row.dataRate === report.dataRate)!;
    const refused = report.refused ?? deferral.refused;
    const airtimeSeconds = (reports * report.airtime + deferrals * deferral.airtime) / 1e6;
    return {
      dataRate: report.dataRate,
      sf: report.sf,
      bandwidth: report.bandwidth,
      reports,
      deferrals,
      deferralBytes: bytes,
      airtimeSeconds,
      lawSeconds: band && band.duty * secondsADay,
      ...(refused && { refused }),
      transmitCharge: reports * report.transmitCharge + deferrals * deferral.transmitCharge,
      receiveCharge: windows * report.receiveCharge,
    };
  });
}
