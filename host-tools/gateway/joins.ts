import { regions } from "../../device/lorawan/regions/regions.js";
import type { CommonJoin } from "../../device/lorawan/regions/fixed.js";
import type { RegionName } from "../../device/lorawan/types.js";
import { newSession, type Device } from "./device.js";
import { encodeJoinAccept, loraPacket, sessionKeys, type LoraPacket } from "./packets.js";
import { initialParameters } from "./parameters.js";
import { channelList, commonJoinNear, hasCommonJoins } from "./plan.js";
import type { ServerOptions } from "./settings.js";

type Named = Device & { appKey: Buffer };

/** Whether a join request is the node's. */
export function isJoinOf(device: Device | undefined, packet: LoraPacket): device is Named {
  if (!device?.appKey || !device.joinEui?.equals(packet.AppEUI!)) return false;
  return loraPacket.verifyMIC(packet, undefined, device.appKey);
}

/** Whether a join request came on no channel for them, or on one of a plan that these gateways are not for. @param join the channel */
export function isElsewhere({ region, channelPlan }: ServerOptions, join: CommonJoin | undefined): boolean {
  return hasCommonJoins(region) && !regions[region].fixed![join?.plan ?? -1]?.name?.startsWith(channelPlan ?? "");
}

/** Hz. @param channelPlan that of the gateways */
export function whyElsewhere(region: RegionName, frequency: number, channelPlan?: string): string {
  const plan = regions[region].fixed?.[commonJoinNear(region, frequency)?.plan ?? -1]?.name;
  const channel = `${(frequency / 1e6).toFixed(1)} MHz`;
  if (plan === undefined) return `${channel} is no channel for join requests in ${region}`;
  return `${channel} is for join requests in channel plan ${plan}, and the gateways are for ${channelPlan}`;
}

/** Offers the node a session. @param join the common join channel of its request @returns the join-accept */
export function acceptJoin(
  device: Named,
  packet: LoraPacket,
  { region, rxDelay = 1, subBand }: ServerOptions,
  { netId, devAddr, join }: { netId: Buffer; devAddr: Buffer; join: CommonJoin | undefined },
): Buffer {
  device.lastDevNonce = packet.DevNonce!.readUInt16BE();
  device.joinNonce++;
  const keys = sessionKeys(device.appKey, device.joinNonce, netId, packet.DevNonce!);
  device.offered = newSession({ devAddr, ...keys }, initialParameters(region, rxDelay, true, join));
  return encodeJoinAccept(device.appKey, {
    ...{ joinNonce: device.joinNonce, netId, devAddr, rxDelay },
    ...{ rx1Offset: 0, rx2DataRate: regions[region].rx2.dataRate },
    channelList: channelList(region, subBand, join?.plan),
  });
}
