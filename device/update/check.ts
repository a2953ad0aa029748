import {
  apiLevel,
  checkOutline,
  languageLevel,
  readPackage,
  signatureBytes,
  type ReadPackage,
} from "../codec/package.js";
import { decodeSettings, limitNames, limitRanges, type Settings } from "../codec/settings.js";
import { PackageError } from "../codec/update.js";
import type { NodeConfig } from "../config.js";

/** The sections of a network. */
export interface ModelSections {
  model: Uint8Array;
  normalizer: Uint8Array;
  vectors: Uint8Array;
}

/** What a package is compared with. */
export interface PackageCheck {
  /** As the firmware has it, without settings. */
  description: NodeConfig;
  /** SHA-256 of the profile, its first bytes. */
  profile: Uint8Array;
  /** Undefined: the description has none. */
  publicKey: Uint8Array | undefined;
  verify(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean;
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
};

/** Everything but the network and the sequence. Nothing is read before the signature is right, but for the outline. @throws PackageError */
export function checkPackage(bytes: Uint8Array, check: PackageCheck): ReadPackage {
  checkOutline(bytes);
  const { publicKey, description } = check;
  if (!publicKey) throw new PackageError("no public key", "the description has no updates.publicKey");
  const end = bytes.length - signatureBytes;
  if (!check.verify(publicKey, bytes.slice(end), bytes.subarray(0, end)))
    throw new PackageError("bad signature", "it is not signed by the node's key");
  const read = readPackage(bytes);
  if (!equal(read.profile, check.profile)) throw new PackageError("other profile", "it is for another node");
  if (read.apiLevel !== apiLevel)
    throw new PackageError("API level", `level ${read.apiLevel}, this firmware has ${apiLevel}`);
  if (read.languageLevel !== languageLevel)
    throw new PackageError("language level", `level ${read.languageLevel}, this firmware has ${languageLevel}`);
  if (read.sections.settings) checkSettings(decodeSettings(read.sections.settings), description);
  return read;
}

/** A package that is on its way in may be one that was taken before. @throws PackageError */
export function checkSequence({ sequence }: ReadPackage, newest: number): void {
  if (sequence <= newest) throw new PackageError("older sequence", `${sequence}, there was ${newest} before`);
}

function checkSettings(
  { everySeconds, classes, offsets, limits }: Settings,
  { window, ...description }: NodeConfig,
): void {
  if (everySeconds !== undefined && everySeconds < window.seconds)
    throw new PackageError("bad settings", `everySeconds ${everySeconds}, a window takes ${window.seconds}`);
  for (const index of Object.keys(classes ?? {}))
    if (Number(index) >= description.classes.length) throw new PackageError("bad settings", `class ${index}`);
  const names = description.classes.map((name, index) => classes?.[index] ?? name);
  for (const name of names)
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw new PackageError("bad settings", `two classes are called ${name}`);
  for (const index of Object.keys(offsets ?? {}))
    if (Number(index) >= description.sensors.length) throw new PackageError("bad settings", `sensor ${index}`);
  for (const name of limitNames) {
    const [least, most] = limitRanges[name];
    const limit = limits?.[name] ?? least;
    if (limit < least || limit > most)
      throw new PackageError("bad settings", `limits.${name} ${limit}, ${least} to ${most} expected`);
  }
}
