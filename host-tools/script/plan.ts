import { fragmentHead } from "../../device/codec/fragments.js";
import { frameOverhead } from "../../device/lorawan/frames.js";
import { bandOf, maxPayloadAt, regions, rx1DataRate } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { maxFetchDuty } from "../../device/uplinksender.js";
import { airtime } from "../air/airtime.js";

/** What sending a package in fragments takes. */
export interface DeliveryPlan {
  bytes: number;
  /** The node's uplinks. */
  dataRate: number;
  /** It has sent none yet: the region's slowest. */
  isUnheard?: boolean;
  /** Bytes of a fragment. */
  size: number;
  /** Without redundancy, and with it: a tenth is lost. */
  fragments: number;
  expected: number;
  /** s of airtime: the gateway's, and that of the node's uplinks, of which each fetches one fragment. */
  downlinkSeconds: number;
  uplinkSeconds: number;
  /** Within the node's duty cycle, of which a quarter stays for its payloads. */
  hours: number;
}

const loss = 0.1;
/** Fragments more than those lost until the node can decode. */
const excess = 2;
/** s from an uplink to the next one where no duty cycle limits it: the receive windows, and some for both programs. */
const cycleSeconds = 4;
/** The largest that FragSize may be is 255; a multiple of 4 is written with fewer accesses. */
const sizeFor = (room: number): number => Math.min(252, (room - fragmentHead) & ~3);

/** The largest fragment that fits the answer to an uplink at this data rate. */
export function fragmentSize(name: RegionName, dataRate: number): number {
  const region = regions[name];
  const rx1 = rx1DataRate(region, dataRate, 0, false) ?? dataRate;
  return sizeFor(Math.max(maxPayloadAt(region, rx1, false), maxPayloadAt(region, region.rx2.dataRate, false)));
}

export function planDelivery(
  bytes: number,
  name: RegionName,
  dataRate: number,
  size = fragmentSize(name, dataRate),
): DeliveryPlan {
  const region = regions[name];
  const fragments = Math.ceil(bytes / size);
  const expected = Math.ceil(fragments / (1 - loss)) + excess;
  const seconds = (rate: number, length: number, crc: boolean): number => {
    const [sf, kilohertz] = region.dataRates[rate]!;
    return airtime({ sf, bandwidth: kilohertz * 1000, crc }, length) / 1e6;
  };
  const rx1 = rx1DataRate(region, dataRate, 0, false) ?? dataRate;
  const down = maxPayloadAt(region, rx1, false) >= size + fragmentHead ? rx1 : region.rx2.dataRate;
  // The data rate decides; the channel does not: the band of the first default one.
  const channel = region.defaultChannels[0] ?? region.fixed![0].narrow[0]!.first;
  const uplink = seconds(dataRate, frameOverhead, true);
  const duty = region.bands[bandOf(region, channel)]?.duty;
  const each = Math.max(cycleSeconds, duty === undefined ? 0 : uplink / (duty * maxFetchDuty));
  return {
    bytes,
    dataRate,
    size,
    fragments,
    expected,
    downlinkSeconds: expected * seconds(down, frameOverhead + fragmentHead + size, false),
    uplinkSeconds: expected * uplink,
    hours: (expected * each) / 3600,
  };
}
