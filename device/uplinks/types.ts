import type { NodeConfig } from "../config.js";
import type { FlashPartition } from "../flash/partition.js";
import type { Link } from "../lorawan/link.js";
import type { LinkClock, LinkCrypto, LinkMemory, LinkState, RadioEvent } from "../lorawan/types.js";

export interface UplinkEvents {
  onDownlink: (port: number, payload: Uint8Array) => void;
  onState: (state: LinkState) => void;
  /** Each packet sent or received. */
  onRadio: (event: RadioEvent) => void;
  /** The radio failed in a receive window. */
  onRadioError: (error: unknown) => void;
  /** DeviceTimeAns: seconds since 1970. */
  onTime: (seconds: number) => void;
  /** A join waits before its next request. */
  onWait: () => void;
}

/** A partition of flash by its name. */
export type OpenFlash = (name: string) => FlashPartition;

export interface UplinkOptions {
  openFlash: OpenFlash;
  /** As in DevStatusAns: 0 external power, 1..254 battery level, 255 unknown. */
  battery: () => number;
  /** What the link's clock shows: ms that go on through deep sleep and resets. */
  now: () => number;
  memory: LinkMemory;
}

export interface OpenedLink {
  link: Link;
  clock: LinkClock;
  /** AES-128; undefined: the link brings no downlinks. */
  encryptBlock?: LinkCrypto["encryptBlock"];
  /** For a deep sleep: resolves when the radio draws the least. */
  shutDown(): Promise<void>;
}

/** Opens the link to the network. The manifest chooses the module "uplink". */
export type OpenLink = (config: NodeConfig, events: UplinkEvents, options: UplinkOptions) => Promise<OpenedLink>;
