import type { NodeConfig } from "../config.js";
import type { Link } from "../lorawan/link.js";
import type { LinkClock, LinkState, RadioEvent } from "../lorawan/types.js";

export interface UplinkEvents {
  onDownlink: (port: number, payload: Uint8Array) => void;
  onState: (state: LinkState) => void;
  /** Each packet sent or received. */
  onRadio: (event: RadioEvent) => void;
  /** DeviceTimeAns: seconds since 1970. */
  onTime: (seconds: number) => void;
}

/** Opens the link to the network. The manifest chooses the module "uplink". */
export type OpenLink = (config: NodeConfig, events: UplinkEvents) => Promise<{ link: Link; clock: LinkClock }>;
