import type { ChannelPlan } from "./channels.js";
import { commonJoin, firstJoin } from "./regions/fixed.js";
import type { Region } from "./regions/types.js";
import type { LinkOptions } from "./types.js";

/** How the n-th join request goes out. */
export interface JoinChoice {
  dataRate: number;
  isAllowed(channel: number): boolean;
}

/** What limits the channels of join requests. */
export type JoinLimits = Pick<LinkOptions, "subBand" | "channelPlan">;

/** Random starts of the sequences below, 0..255: eight sub-bands, and eight channels of each; or any number of common join channels that there may be. */
const bankStarts = 64;
const commonStarts = 160;

/** The common join channels of the plans that are allowed, those in the sub-band if there are such. None: the region has no such channels. */
function commonJoins(region: Region, { subBand = 0, channelPlan = "" as never }: JoinLimits): number[] {
  const all: number[] = [];
  const near: number[] = [];
  for (let i = 0; ; i++) {
    const join = commonJoin(region, i);
    if (!join) return near.length > 0 ? near : all;
    if (!region.fixed![join.plan]!.name!.startsWith(channelPlan)) continue;
    all.push(i);
    if (join.channel >> 3 === subBand - 1) near.push(i);
  }
}

/** Of a channel on which a request was accepted, for `joinStart`: 1..8 a sub-band, or 1 and more a common join channel. */
export function heardOn(channels: ChannelPlan, channel: number): number {
  return channel >= firstJoin ? 1 + channel - firstJoin : channels.subBandOf(channel);
}

/** The same of the plan and the mask of a session; 0: they do not tell. */
function heardBefore(channels: ChannelPlan): number {
  const { region, plan, subBand } = channels;
  if (subBand === 0 || region.fixed?.length === 1) return subBand;
  for (let i = 0; ; i++) {
    const join = commonJoin(region, i);
    if (!join) return 0;
    if (join.plan === plan && join.channel >> 3 === subBand - 1) return 1 + i;
  }
}

/** Where the sequence of `joinChoice` begins: with what worked last, if that is known. @param heard see `heardOn`; 0: unknown. @param below a random number below its argument */
export function joinStart(
  channels: ChannelPlan,
  limits: JoinLimits,
  heard: number,
  below: (limit: number) => number,
): number {
  const { region } = channels;
  const joins = commonJoins(region, limits);
  const start = below(joins.length > 0 ? commonStarts : bankStarts);
  const known = region.fixed ? heardBefore(channels) || heard : 0;
  if (known === 0) return start;
  if (joins.length === 0) return (start & ~7) | (known - 1);
  const at = joins.indexOf(known - 1);
  return at < 0 ? start : at;
}

/**
 * Dynamic plan: the default channels. Fixed plan (RP002, "US915 join-request"): in passes, of which each tries one channel of 125 kHz in each sub-band
 * and then one of 500 kHz, and none takes a channel of the one before. An eight-channel gateway is found within eight requests, whatever its sub-band.
 * Several fixed plans: one common join channel after the other, each at another data rate in the next pass, until all have had all.
 * @param start of `joinStart`; in passes through sub-bands the lower three bits choose the first one, the others the first channel in it
 */
export function joinChoice(region: Region, attempt: number, start: number, limits: JoinLimits): JoinChoice {
  const { joinDataRates, defaultChannels, fixed } = region;
  if (!fixed)
    return {
      dataRate: joinDataRates[attempt % joinDataRates.length]!,
      isAllowed: (channel) => channel < defaultChannels.length,
    };
  const joins = commonJoins(region, limits);
  if (joins.length > 0) {
    const only = firstJoin + joins[(start + attempt) % joins.length]!;
    const rate = attempt + Math.floor(attempt / joins.length);
    return { dataRate: joinDataRates[rate % joinDataRates.length]!, isAllowed: (channel) => channel === only };
  }
  const { subBand = 0 } = limits;
  const banks = subBand > 0 ? 1 : 8;
  const first = subBand > 0 ? subBand - 1 : start & 7;
  const pass = Math.floor(attempt / (banks + 1));
  const step = attempt % (banks + 1);
  const isWide = step === banks;
  const bank = (first + (isWide ? (banks > 1 ? pass : 0) : step)) & 7;
  const only = isWide ? 64 + bank : 8 * bank + (((start >> 3) + 3 * bank + pass) & 7);
  return { dataRate: joinDataRates[isWide ? 1 : 0]!, isAllowed: (channel) => channel === only };
}
