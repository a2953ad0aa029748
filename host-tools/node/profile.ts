import { createHash } from "node:crypto";
import type { NodeConfig } from "../../device/config.js";
import { profileBytes } from "../../device/codec/package.js";
import { profileText } from "../../device/profile.js";

/** What a package says about the node that it is for. */
export const profileHash = (config: NodeConfig): Buffer =>
  createHash("sha256").update(profileText(config)).digest().subarray(0, profileBytes);
