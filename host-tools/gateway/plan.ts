import { ChannelPlan } from "../../device/lorawan/channels.js";
import { regions, type Region } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";

/** Channels 4 to 8 in the CFList, Hz; the network's choice (here those that most EU868 networks use). */
const extraChannels: Partial<Record<RegionName, readonly number[]>> = {
  EU868: [867100000, 867300000, 867500000, 867700000, 867900000],
};

/** The CFList's channels, Hz. */
export function listedChannels(region: RegionName): readonly number[] {
  return extraChannels[region] ?? [];
}

/** CFList (RP002): type 0 has five frequencies in units of 100 Hz; type 1, for fixed plans, masks all channels but one sub-band's. */
export function channelList(region: RegionName, subBand?: number): Buffer | undefined {
  if (regions[region].plan === "fixed" && subBand) {
    const list = Buffer.alloc(16);
    list[subBand - 1] = 0xff;
    list[8] = 1 << (subBand - 1);
    list[15] = 1;
    return list;
  }
  const channels = extraChannels[region];
  if (!channels) return undefined;
  const list = Buffer.alloc(16);
  channels.forEach((frequency, i) => list.writeUIntLE(frequency / 100, 3 * i, 3));
  return list;
}

/** The nearest channel, since a node's crystal is off; the frequency itself when none is within 50 kHz. */
export function nearestChannel(name: RegionName, frequency: number): number {
  const region = regions[name];
  const { fixed } = region;
  const lists = fixed ? fixedChannels(region) : [...region.defaultChannels, ...listedChannels(name)];
  return lists.find((channel) => isNear(channel, frequency)) ?? frequency;
}

/** A bit for the sub-band of a fixed plan that an uplink's frequency is in, bit 0 for sub-band 1; 0: in none. */
export function subBandBit(name: RegionName, frequency: number): number {
  const region = regions[name];
  const channel = region.fixed ? fixedChannels(region).findIndex((one) => isNear(one, frequency)) : -1;
  return channel < 0 ? 0 : 1 << (new ChannelPlan(region).subBandOf(channel) - 1);
}

const isNear = (channel: number, frequency: number): boolean => Math.abs(channel - frequency) < 50000;

function fixedChannels(region: Region): number[] {
  const plan = new ChannelPlan(region);
  return Array.from({ length: plan.count }, (_, i) => plan.uplinkFrequency(i));
}

/** The uplink's own frequency in dynamic plans; in fixed ones the downlink channel with its channel number modulo 8. */
export function rx1Frequency(region: Region, uplink: number): number {
  if (!region.fixed) return uplink;
  const { uplink125, uplink500, down } = region.fixed;
  const in125 = (uplink - uplink125.first) / uplink125.step;
  const channel =
    Number.isInteger(in125) && in125 < 64 && (uplink - uplink500.first) % uplink500.step !== 0
      ? in125
      : (uplink - uplink500.first) / uplink500.step;
  return down.first + (channel & 7) * down.step;
}
