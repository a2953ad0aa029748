import { commandId } from "../../device/lorawan/commands.js";
import { regions, rx1DataRate } from "../../device/lorawan/regions/regions.js";
import { planOf, type CommonJoin } from "../../device/lorawan/regions/fixed.js";
import type { AbpCredentials, ChannelPlanName, RegionName } from "../../device/lorawan/types.js";
import { UserError } from "../lib/errors.js";
import { listedChannels, rx1Frequency } from "./plan.js";

/** A channel of a dynamic plan. Hz. */
export interface Channel {
  frequency: number;
  /** RX1 frequency when DlChannelReq changed it; else 0. */
  down: number;
  /** Fastest data rate in the upper four bits, slowest in the lower. */
  rates: number;
}

/** The node's receive window parameters, as far as acknowledged. */
export interface LinkParameters {
  /** RX1's delay in seconds; RX2 is a second later. */
  rxDelay: number;
  rx1Offset: number;
  rx2DataRate: number;
  rx2Frequency: number;
  downlinkDwell: boolean;
  /** By channel index; null: none. Fixed plans have none. */
  channels: (Channel | null)[];
  /** Which of the region's fixed plans, where it has several. */
  plan?: number;
}

export interface Window {
  dataRate: number;
  frequency: number;
  /** Microseconds after the uplink's end. */
  delay: number;
}

/** A new session's parameters. @param listed whether the join accept had a CFList @param join the common join channel of the request, where the region has such */
export function initialParameters(name: RegionName, rxDelay = 1, listed = false, join?: CommonJoin): LinkParameters {
  const region = regions[name];
  const frequencies = [...region.defaultChannels, ...(listed ? listedChannels(name) : [])];
  return {
    rxDelay,
    rx1Offset: 0,
    rx2DataRate: region.rx2.dataRate,
    rx2Frequency: join?.rx2 ?? region.rx2.frequency,
    downlinkDwell: region.dwellTimeByDefault,
    channels: frequencies.map((frequency) => ({ frequency, down: 0, rates: 0x50 })),
    ...(join && { plan: join.plan }),
  };
}

/** Those of a session that is set on both sides. @throws UserError for a region with several plans, when it is not said which */
export function abpParameters(
  name: RegionName,
  { channels = [], channelPlan, ...credentials }: AbpCredentials & { channelPlan?: ChannelPlanName },
): LinkParameters {
  const region = regions[name];
  const parameters = initialParameters(name, credentials.rxDelay);
  const plan = planOf(region, channelPlan);
  if (plan < 0)
    throw new UserError(
      `a node with ABP has the channelPlan ${channelPlan ?? "missing"}: ${(region.fixed ?? []).map((one) => one.name).join(", ") || "none"} expected in ${name}`,
    );
  const own = region.fixed?.[plan]?.rx2 ?? region.rx2.frequency;
  const { rx1Offset = 0, rx2DataRate = region.rx2.dataRate, rx2Frequency = own } = credentials;
  const more = channels.map((frequency): Channel => ({ frequency, down: 0, rates: 0x50 }));
  return {
    ...{ ...parameters, rx1Offset, rx2DataRate, rx2Frequency, channels: [...parameters.channels, ...more] },
    ...(channelPlan && { plan }),
  };
}

/** RX1 and RX2 of an uplink on about `frequency` (a node's crystal is off). */
export function receiveWindows(
  name: RegionName,
  parameters: LinkParameters,
  frequency: number,
  dataRate: number,
): [Window, Window] {
  const region = regions[name];
  const { rx1Offset, rx2DataRate, rx2Frequency, downlinkDwell, rxDelay, plan } = parameters;
  const channel = channelOf(parameters, frequency, dataRate);
  const rx1 = channel ? channel.down || channel.frequency : rx1Frequency(name, frequency, plan);
  return [
    {
      dataRate: rx1DataRate(region, dataRate, rx1Offset, downlinkDwell) ?? rx2DataRate,
      frequency: rx1,
      delay: rxDelay * 1e6,
    },
    { dataRate: rx2DataRate, frequency: rx2Frequency, delay: (rxDelay + 1) * 1e6 },
  ];
}

/** Two channels may share a frequency, with different data rates. */
function channelOf({ channels }: LinkParameters, frequency: number, dataRate: number): Channel | undefined {
  const near = channels.filter(
    (channel) => channel !== null && Math.abs(channel.frequency - frequency) < 50000,
  ) as Channel[];
  const carries = ({ rates }: Channel) => dataRate >= (rates & 15) && dataRate <= rates >> 4;
  const distance = (channel: Channel) => Math.abs(channel.frequency - frequency) + (carries(channel) ? 0 : 1e6);
  return near.sort((a, b) => distance(a) - distance(b))[0];
}

/**
 * Applies a request that the node has answered.
 * @param request the command, identifier included
 * @param status the answer's byte, undefined where it has none; unless all bits are set the node changed nothing (TS001-1.0.4, 5.4 to 5.9)
 */
export function follow(parameters: LinkParameters, request: Uint8Array, status: number | undefined): void {
  const [id, first = 0] = request;
  const frequencyAt = (at: number) => (request[at]! | (request[at + 1]! << 8) | (request[at + 2]! << 16)) * 100;
  if (id === commandId.rxParamSetup && status === 7) {
    parameters.rx1Offset = (first >> 4) & 7;
    parameters.rx2DataRate = first & 15;
    parameters.rx2Frequency = frequencyAt(2);
  } else if (id === commandId.rxTimingSetup) {
    parameters.rxDelay = first & 15 || 1;
  } else if (id === commandId.txParamSetup) {
    parameters.downlinkDwell = (first & 0x20) !== 0;
  } else if (id === commandId.newChannel && status === 3) {
    const frequency = frequencyAt(2);
    while (parameters.channels.length < first) parameters.channels.push(null);
    parameters.channels[first] = frequency === 0 ? null : { frequency, down: 0, rates: request[5]! };
  } else if (id === commandId.dlChannel && status === 3) {
    const channel = parameters.channels[first];
    if (channel) channel.down = frequencyAt(2);
  }
}
