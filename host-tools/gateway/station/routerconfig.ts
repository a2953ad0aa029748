import { regions } from "../../../device/lorawan/regions/regions.js";
import type { RegionName } from "../../../device/lorawan/types.js";
import { downlinkPowers } from "../downlinksender.js";
import type { NetworkSettings } from "../settings.js";
import { concentratorConfig, gatewayChannels, stationDataRates } from "./channels.js";

/**
 * Names of regions, in the spelling that station 2.0.5 and 2.0.6 both know. With a name that it does not know, station 2.0.6 sends no downlinks; with US902 it has no duty cycle
 * and no listen-before-talk of its own, and sends with at most 26 dBm, less by max_eirp.
 */
const stationRegions: Partial<Record<RegionName, string>> = {
  EU868: "EU863",
  AU915: "AU915",
  "AS923-1-JP": "AS923JP",
  KR920: "KR920",
};
const anyRegion = "US902";

/**
 * The answer to a station's `version`: the channels, without filters, since nodes may be added later, and those with ABP have addresses of their own.
 * @throws UserError for a region whose sub-band or channel plan is missing
 */
export function routerConfig(name: RegionName, { power, ...settings }: NetworkSettings): Record<string, unknown> {
  const region = regions[name];
  return {
    msgtype: "router_config",
    NetID: null,
    JoinEui: null,
    region: stationRegions[name] ?? anyRegion,
    hwspec: "sx1301/1",
    freq_range: region.range,
    DRs: stationDataRates(region),
    max_eirp: Math.max(...downlinkPowers(name, power)),
    sx1301_conf: [concentratorConfig(gatewayChannels(name, settings))],
    nocca: false,
    nodc: false,
    nodwell: false,
  };
}

/** The index of DRs for a downlink: where two have the same modulation, the downlinks' own, which are last. */
export function downlinkRate(name: RegionName, sf: number, bandwidth: number): number {
  return regions[name].dataRates.findLastIndex((rate) => rate?.[0] === sf && rate[1] * 1000 === bandwidth);
}
