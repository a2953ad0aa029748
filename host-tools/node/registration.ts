import type { RadioConfig } from "../../device/nodeconfig.js";
import type { AbpCredentials, ChannelPlanName, OtaaCredentials } from "../../device/lorawan/types.js";

/** The node of a description, as a network server takes it. */
export function registrationOf({
  devEui,
  joinEui,
  appKey,
  abp,
  channelPlan,
}: RadioConfig): OtaaCredentials | ({ devEui: string; channelPlan?: ChannelPlanName } & AbpCredentials) {
  // The rules of the description see to it that it is the name of a plan, with ABP.
  return abp
    ? { devEui, ...abp, ...(channelPlan && { channelPlan: channelPlan as ChannelPlanName }) }
    : { devEui, joinEui: joinEui!, appKey: appKey! };
}

/** Credentials to derive those of simulated nodes from; they join, whatever the described one does. */
export function otaaOf({ devEui, joinEui = devEui, appKey, abp }: RadioConfig): OtaaCredentials {
  return { devEui, joinEui, appKey: appKey ?? abp!.appSKey };
}
