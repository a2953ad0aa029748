import type { RadioConfig } from "../../device/nodeconfig.js";
import type { AbpCredentials, OtaaCredentials } from "../../device/lorawan/types.js";

/** The node of a description, as a network server takes it. */
export function registrationOf({
  devEui,
  joinEui,
  appKey,
  abp,
}: RadioConfig): OtaaCredentials | ({ devEui: string } & AbpCredentials) {
  return abp ? { devEui, ...abp } : { devEui, joinEui: joinEui!, appKey: appKey! };
}

/** Credentials to derive those of simulated nodes from; they join, whatever the described one does. */
export function otaaOf({ devEui, joinEui = devEui, appKey, abp }: RadioConfig): OtaaCredentials {
  return { devEui, joinEui, appKey: appKey ?? abp!.appSKey };
}
