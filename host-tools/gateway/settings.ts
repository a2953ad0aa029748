import type { LinkOptions, RegionName } from "../../device/lorawan/types.js";
import { countOf, planOf } from "../../device/lorawan/regions/fixed.js";
import { regions } from "../../device/lorawan/regions/regions.js";
import type { Uplink } from "./types.js";

/** What a network's operator chooses. */
export interface NetworkSettings {
  /** NetID, 24 bits, whose lower 6 are the DevAddr prefix; default 0x000013 (experimental). */
  netId?: number | undefined;
  /** RxDelay of join accepts, 1 to 15 seconds; default 1. */
  rxDelay?: number | undefined;
  /** Sub-band of the gateways, for US915, AU915 and CN470 (1..8); default: all. */
  subBand?: number | undefined;
  /** CN470: the gateways' plan, or "20" or "26" for both of an antenna; join requests of others are not answered. Default: all. */
  channelPlan?: LinkOptions["channelPlan"];
  /** ADR for nodes that set the ADR bit; default true. */
  adr?: boolean | undefined;
  /** dB by which ADR keeps the SNR above what a data rate requires; default 10. */
  adrMargin?: number | undefined;
  /** dBm EIRP of downlinks in RX1 and RX2; defaults 14 (EU433: 12), in RX2 of EU868 27; US915 and AU915: 27. */
  power?: { rx1?: number | undefined; rx2?: number | undefined } | undefined;
}

/** What is wrong with the channels of a network: the setting, and what would be right; undefined: nothing. */
export function channelFault(
  region: RegionName,
  { subBand, channelPlan }: Pick<NetworkSettings, "subBand" | "channelPlan">,
): [setting: "subBand" | "channelPlan", fault: string] | undefined {
  const { fixed } = regions[region];
  if (channelPlan !== undefined && !fixed?.some(({ name }) => name?.startsWith(channelPlan)))
    return ["channelPlan", `${region} has none; only CN470 has several channel plans`];
  if (subBand === undefined) return undefined;
  if (!fixed) return ["subBand", `${region} has none; only US915, AU915 and CN470 have sub-bands`];
  const plan = planOf(regions[region], channelPlan);
  if (plan < 0) return ["subBand", `${region} has several channel plans: the one that it is in is missing`];
  const most = countOf(fixed[plan]!.narrow) / 8;
  return subBand > most ? ["subBand", `1 to ${most} expected in the channel plan ${channelPlan}`] : undefined;
}

export interface ServerOptions extends NetworkSettings {
  region: RegionName;
  /** Seconds since 1970 at which the gateways' clocks were 0; default 0. */
  epoch?: number;
  /** Whether DeviceTimeReq is answered; false: as by a network of LoRaWAN 1.0.2. Default true. */
  deviceTime?: boolean;
  /** Answer only in this window; default: in RX1, and in RX2 when no gateway is free for RX1. */
  window?: 1 | 2;
  /** Calls `run` when every gateway has had time to deliver its copy of an uplink; default: a microtask later (simulated air delivers at once). */
  collect?(run: () => Promise<void>): void;
  /**
   * A promise delays the answer: downlinks queued meanwhile are still sent in this uplink's receive windows. If it is rejected the uplink is not
   * answered, and is a new one when it comes again; `receive` passes the error on.
   */
  onUplink?(uplink: Uplink): void | Promise<void>;
  onJoin?(devEui: string, devNonce: number): void;
  /** Called for each join request that is not answered because of its channel, in Hz. */
  onJoinElsewhere?(devEui: string, frequency: number): void;
  /** Called for each new uplink, also without a payload, before its answer is composed. `room`: bytes of payload that fit it. */
  beforeAnswer?(uplink: { devEui: string; dataRate: number; room: number }): void;
  /** Called when the state that `save` returns has changed, after onUplink and before the answer is transmitted: persist it here. */
  persist?(): void | Promise<void>;
}
