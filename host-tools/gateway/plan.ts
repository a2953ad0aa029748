import { ChannelPlan } from "../../device/lorawan/channels.js";
import { commonJoin, type CommonJoin } from "../../device/lorawan/regions/fixed.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../device/lorawan/types.js";

/** Channels 4 to 8 in the CFList, Hz; the network's choice (here those that most EU868 networks use). */
const extraChannels: Partial<Record<RegionName, readonly number[]>> = {
  EU868: [867100000, 867300000, 867500000, 867700000, 867900000],
};

/** The CFList's channels, Hz. */
export function listedChannels(region: RegionName): readonly number[] {
  return extraChannels[region] ?? [];
}

/** CFList (RP002): type 0 has five frequencies in units of 100 Hz; type 1, for fixed plans, masks all channels but one sub-band's. @param plan which of a region's fixed plans */
export function channelList(region: RegionName, subBand?: number, plan = 0): Buffer | undefined {
  const { fixed } = regions[region];
  if (fixed && subBand) {
    const list = Buffer.alloc(16);
    list[subBand - 1] = 0xff;
    if (fixed[plan]!.wide) list[8] = 1 << (subBand - 1);
    list[15] = 1;
    return list;
  }
  const channels = extraChannels[region];
  if (!channels) return undefined;
  const list = Buffer.alloc(16);
  channels.forEach((frequency, i) => list.writeUIntLE(frequency / 100, 3 * i, 3));
  return list;
}

const isNear = (channel: number, frequency: number): boolean => Math.abs(channel - frequency) < 50000;

/** The channel of a fixed plan that an uplink came on, whose node's crystal is off. */
function fixedChannel(name: RegionName, plan: number, frequency: number) {
  const channels = new ChannelPlan(regions[name]);
  channels.plan = plan;
  for (let i = 0; channels.fixed && i < channels.count; i++)
    if (isNear(channels.uplinkFrequency(i), frequency)) return { channels, index: i };
  return undefined;
}

/** A bit for the sub-band of a fixed plan that an uplink's frequency is in, bit 0 for sub-band 1; 0: in none. */
export function subBandBit(name: RegionName, frequency: number, plan = 0): number {
  const found = fixedChannel(name, plan, frequency);
  return found ? 1 << (found.channels.subBandOf(found.index) - 1) : 0;
}

/** In dynamic plans the nearest channel's own frequency, in fixed ones the downlink channel of its number; the uplink's when none is within 50 kHz. */
export function rx1Frequency(name: RegionName, uplink: number, plan = 0): number {
  const { fixed, defaultChannels } = regions[name];
  if (!fixed) return [...defaultChannels, ...listedChannels(name)].find((one) => isNear(one, uplink)) ?? uplink;
  const found = fixedChannel(name, plan, uplink);
  return found ? found.channels.rx1Frequency(found.index) : uplink;
}

/** Whether a region has common join channels, of which each belongs to one of its plans. */
export const hasCommonJoins = (name: RegionName): boolean => commonJoin(regions[name], 0) !== undefined;

/** The common join channel that a request came on. */
export function commonJoinNear(name: RegionName, frequency: number): CommonJoin | undefined {
  for (let i = 0; ; i++) {
    const join = commonJoin(regions[name], i);
    if (!join || isNear(join.frequency, frequency)) return join;
  }
}
