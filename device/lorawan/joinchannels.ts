import type { Region } from "./regions/types.js";

/** How the n-th join request goes out. */
export interface JoinChoice {
  dataRate: number;
  isAllowed(channel: number): boolean;
}

/** Random starts of the sequence below: eight sub-bands, and eight channels of each. */
export const joinStarts = 64;

/**
 * Dynamic plan: the default channels. Fixed plan (RP002, "US915 join-request"): in passes, of which each tries one channel of 125 kHz in each sub-band
 * and then one of 500 kHz, and none takes a channel of the one before. An eight-channel gateway is found within eight requests, whatever its sub-band.
 * @param start 0..joinStarts - 1: the lower three bits choose the first sub-band, the others the first channel in it
 * @param subBand the only one to be tried, 1..8; 0: all
 */
export function joinChoice(region: Region, attempt: number, start: number, subBand: number): JoinChoice {
  const { joinDataRates, defaultChannels, fixed } = region;
  if (!fixed)
    return {
      dataRate: joinDataRates[attempt % joinDataRates.length]!,
      isAllowed: (channel) => channel < defaultChannels.length,
    };
  const banks = subBand > 0 ? 1 : 8;
  const first = subBand > 0 ? subBand - 1 : start & 7;
  const pass = Math.floor(attempt / (banks + 1));
  const step = attempt % (banks + 1);
  const isWide = step === banks;
  const bank = (first + (isWide ? (banks > 1 ? pass : 0) : step)) & 7;
  const only = isWide ? 64 + bank : 8 * bank + (((start >> 3) + 3 * bank + pass) & 7);
  return { dataRate: joinDataRates[isWide ? 1 : 0]!, isAllowed: (channel) => channel === only };
}
