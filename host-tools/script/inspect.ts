import type { NodeConfig } from "../../device/config.js";
import { checkOutline, checkScriptText, readPackage, signatureBytes } from "../../device/codec/package.js";
import { decodeSettings, type Settings } from "../../device/codec/settings.js";
import { PackageError } from "../../device/codec/update.js";
import { UserError } from "../lib/errors.js";
import { isSignedBy } from "./keys.js";
import { profileHash } from "../node/profile.js";

export interface InspectedPackage {
  bytes: number;
  name: string;
  version: number;
  sequence: number;
  apiLevel: number;
  languageLevel: number;
  /** Hexadecimal. */
  profile: string;
  /** Bytes of each. */
  sections: Record<string, number>;
  /** Parts whose predecessors it brings back. */
  back: string[];
  settings?: Settings;
  /** Whether it is for the node; undefined without a node. */
  isForNode?: boolean;
  /** Whether the node's key signed it; undefined without one. */
  isSigned?: boolean;
}

/** @throws UserError for a file that is no package */
export function inspectPackage(file: string, bytes: Uint8Array, config?: NodeConfig): InspectedPackage {
  try {
    checkOutline(bytes);
    const read = readPackage(bytes);
    checkScriptText(read);
    const { sections, profile, ...head } = read;
    const publicKey = config?.updates?.publicKey;
    return {
      bytes: bytes.length,
      ...head,
      profile: Buffer.from(profile).toString("hex"),
      sections: Object.fromEntries(Object.entries(sections).map(([name, content]) => [name, content.length])),
      ...(sections.settings && { settings: decodeSettings(sections.settings) }),
      ...(config && { isForNode: Buffer.from(profile).equals(profileHash(config)) }),
      ...(publicKey !== undefined && {
        isSigned: isSignedBy(publicKey, bytes.subarray(0, -signatureBytes), bytes.subarray(-signatureBytes)),
      }),
    };
  } catch (error) {
    if (error instanceof PackageError) throw new UserError(`${file} is no package: ${error.message}`);
    throw error;
  }
}

const parts = ["script", "model", "settings"] as const;

/** Whether each part of a package is in force by what the node has reported of its own; what it has not reported may be. */
export function isInForce(
  { sequence, sections }: Pick<InspectedPackage, "sequence" | "sections">,
  reported: { [Part in (typeof parts)[number]]?: { sequence: number } },
): boolean {
  return parts.every((part) => !(part in sections) || (reported[part]?.sequence ?? sequence) === sequence);
}
