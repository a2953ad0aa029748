import type { NodeConfig } from "../config.js";
import type { Link } from "../lorawan/link.js";
import type { LinkClock, LinkState, RadioEvent } from "../lorawan/types.js";

export interface UplinkEvents {
  onDownlink(port: number, payload: Uint8Array): void;
  onState(state: LinkState): void;
  /** Each packet on the air. */
  onRadio(event: RadioEvent): void;
  /** The network has told the time of day, seconds since 1970. */
  onTime(seconds: number): void;
}

/** Opens the way to the network. The manifest says which module "uplink" does it. */
export type OpenLink = (config: NodeConfig, events: UplinkEvents) => Promise<{ link: Link; clock: LinkClock }>;
