import { ChannelPlan } from "../../../device/lorawan/channels.js";
import { countOf, planOf } from "../../../device/lorawan/regions/fixed.js";
import { regions, type Region } from "../../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../../device/lorawan/types.js";
import { UserError } from "../../lib/errors.js";
import { listedChannels } from "../plan.js";
import type { NetworkSettings } from "../settings.js";

/** A demodulator of one data rate; the others are of 125 kHz and all spreading factors. */
interface FastChannel {
  frequency: number;
  bandwidth: number;
  spreadingFactor: number;
}

/** The uplink channels of gateways with one SX1301 or SX1302: eight of 125 kHz at most, on two radios. Hz. */
export interface GatewayChannels {
  multi: readonly number[];
  fast: FastChannel | undefined;
}

/** Channels of a gateway with one concentrator. */
const mostChannels = 8;

/** @throws UserError for a fixed plan without a sub-band, whose channels are too many, and for a region of which it is not known which plan */
export function gatewayChannels(
  name: RegionName,
  { subBand, channelPlan }: Pick<NetworkSettings, "subBand" | "channelPlan">,
): GatewayChannels {
  const region = regions[name];
  if (!region.fixed) {
    const multi = [...region.defaultChannels, ...listedChannels(name)].slice(0, mostChannels).sort((a, b) => a - b);
    const [spreadingFactor, kilohertz] = region.dataRates[6] ?? [];
    // The second of the default channels, as gateways for EU868 usually have it.
    const fast =
      spreadingFactor === undefined
        ? undefined
        : { frequency: region.defaultChannels[1]!, bandwidth: kilohertz! * 1000, spreadingFactor };
    return { multi, fast };
  }
  const plan = planOf(region, channelPlan);
  if (plan < 0)
    throw new UserError(
      `${name} has the channel plans ${region.fixed.map((one) => one.name).join(", ")}, a gateway with Basics Station channels of one of them: the channel plan is missing`,
    );
  const channels = new ChannelPlan(region);
  channels.plan = plan;
  const { wide } = region.fixed[plan]!;
  const narrow = countOf(region.fixed[plan]!.narrow);
  if (subBand === undefined)
    throw new UserError(
      `${name} has ${narrow} channels, a gateway with Basics Station eight of them: the sub-band (1 to ${narrow / 8}) is missing that all gateways are to hear`,
    );
  const first = mostChannels * (subBand - 1);
  return {
    multi: Array.from({ length: mostChannels }, (_, i) => channels.uplinkFrequency(first + i)),
    fast: wide && {
      frequency: channels.uplinkFrequency(narrow + subBand - 1),
      bandwidth: 500000,
      spreadingFactor: region.dataRates[wide.dataRate]![0],
    },
  };
}

/** A channel's place on a radio: its offset from the radio's centre, Hz. */
interface Place {
  enable: true;
  radio: 0 | 1;
  if: number;
}

/** One concentrator's entry of router_config's sx1301_conf. */
export type ConcentratorConfig = Record<string, unknown>;

/** Hz: how far from a radio's centre a channel of a bandwidth (Hz) may be (lora_gateway, libloragw, loragw_hal.c: rf_rx_bandwidth less the channel's own, halved). */
const farthest: ReadonlyMap<number, number> = new Map([
  [125000, 400000],
  [250000, 375000],
  [500000, 300000],
]);

/** Places the channels on two radios. @throws Error when they do not fit */
export function concentratorConfig({ multi, fast }: GatewayChannels): ConcentratorConfig {
  const reach = farthest.get(125000)!;
  const split = multi.findIndex((frequency) => frequency - multi[0]! > 2 * reach);
  // A sub-band's channels fit as four and four alone, since the fast one is between them.
  const half = split < 0 ? multi.length : fast?.bandwidth === 500000 ? multi.length / 2 : split;
  const groups = [multi.slice(0, half), multi.slice(half)].filter((group) => group.length > 0);
  const ranges = groups.map((group): [number, number] => [group.at(-1)! - reach, group[0]! + reach]);
  let fastRadio = -1;
  if (fast) {
    const far = farthest.get(fast.bandwidth)!;
    const both = ranges.map(([low, high]): [number, number] => [
      Math.max(low, fast.frequency - far),
      Math.min(high, fast.frequency + far),
    ]);
    fastRadio = both.findIndex(([low, high]) => low <= high);
    if (fastRadio >= 0) ranges[fastRadio] = both[fastRadio]!;
  }
  const centres = ranges.map(([low, high]) => Math.round((low + high) / 2));
  if (ranges.some(([low, high]) => low > high) || (fast && fastRadio < 0))
    throw new Error(`channels ${multi.join(", ")} do not fit on two radios`);
  const place = (radio: number, frequency: number): Place => ({
    enable: true,
    radio: radio as 0 | 1,
    if: frequency - centres[radio]!,
  });
  const places = groups.flatMap((group, radio) => group.map((frequency) => place(radio, frequency)));
  const off = { enable: false };
  return {
    radio_0: { enable: true, freq: centres[0] },
    radio_1: centres[1] === undefined ? off : { enable: true, freq: centres[1] },
    chan_FSK: off,
    chan_Lora_std: fast
      ? { ...place(fastRadio, fast.frequency), bandwidth: fast.bandwidth, spread_factor: fast.spreadingFactor }
      : off,
    ...Object.fromEntries(Array.from({ length: mostChannels }, (_, i) => [`chan_multiSF_${i}`, places[i] ?? off])),
  };
}

/** router_config's DRs: [spreading factor, kHz, 1 for downlinks only]; -1: none. Sixteen of them. */
export function stationDataRates(region: Region): [number, number, 0 | 1][] {
  const isDownOnly = (rate: number) => region.plan === "fixed" && rate >= 8;
  return Array.from({ length: 16 }, (_, i) => {
    const rate = region.dataRates[i];
    return rate ? [rate[0], rate[1], isDownOnly(i) ? 1 : 0] : [-1, 0, 0];
  });
}
