import {
  apiLevel,
  checkOutline,
  checkScriptText,
  languageLevel,
  readPackage,
  signatureBytes,
  type ReadPackage,
} from "../codec/package.js";
import { decodeSettings, limitNames, limitRanges, type Settings } from "../codec/settings.js";
import { PackageError, type Refusal } from "../codec/update.js";
import { isWhole, type NodeConfig } from "../config.js";

/** Where a package has its sequence. */
const sequenceAt = 8;

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
  /** Begins to verify a signature. @returns its next step: whether it is right; undefined: there are more steps */
  verify(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): () => boolean | undefined;
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
};

/**
 * Everything but the network and the sequence. Nothing is read before the signature is right, but for the outline. A package takes a chip's processor for some 100 ms: what
 * samples and listens has its turn between two steps.
 * @returns the next step, which throws PackageError: what it has read; undefined: there are more steps @throws PackageError
 */
export function checkPackage(bytes: Uint8Array, check: PackageCheck): () => ReadPackage | undefined {
  checkOutline(bytes);
  const { publicKey } = check;
  if (!publicKey) throw new PackageError("no public key", "the description has no updates.publicKey");
  const end = bytes.length - signatureBytes;
  const verify = check.verify(publicKey, bytes.slice(end), bytes.subarray(0, end));
  return () => {
    const isSigned = verify();
    if (isSigned === undefined) return undefined;
    if (!isSigned) throw new PackageError("bad signature", "it is not signed by the node's key");
    return checkContent(bytes, check);
  };
}

function checkContent(bytes: Uint8Array, { profile, description }: PackageCheck): ReadPackage {
  const read = readPackage(bytes);
  if (!equal(read.profile, profile)) throw new PackageError("other profile", "it is for another node");
  if (read.apiLevel !== apiLevel)
    throw new PackageError("API level", `level ${read.apiLevel}, this firmware has ${apiLevel}`);
  if (read.languageLevel !== languageLevel)
    throw new PackageError("language level", `level ${read.languageLevel}, this firmware has ${languageLevel}`);
  checkScriptText(read);
  if (read.sections.settings) checkSettings(decodeSettings(read.sections.settings), description);
  return read;
}

/** A package that is on its way in may be one that was taken before. @throws PackageError */
export function checkSequence({ sequence }: ReadPackage, newest: number): void {
  if (sequence <= newest) throw new PackageError("older sequence", `${sequence}, there was ${newest} before`);
}

/** What of a package cannot be believed. */
const unread: readonly Refusal[] = ["malformed", "wrong length", "unknown format", "bad signature", "no public key"];

export const isUnread = (reason: Refusal): boolean => unread.includes(reason);

/** Sequence of a package that is refused; 0: it is not known. */
export function refusedSequence(bytes: Uint8Array, reason: Refusal): number {
  return isUnread(reason) || bytes.length < sequenceAt + 4
    ? 0
    : new DataView(bytes.buffer, bytes.byteOffset).getUint32(sequenceAt, true);
}

function checkSettings(
  { everySeconds, classes, offsets, limits }: Settings,
  { window, ...description }: NodeConfig,
): void {
  // Windows that overlap more than described take more memory, and samples of their own: none is shared out between two.
  const least = Math.min(window.seconds, window.everySeconds);
  if (everySeconds !== undefined && everySeconds < least)
    throw new PackageError("bad settings", `everySeconds ${everySeconds}, at least ${least} as described`);
  for (const { name, rate } of everySeconds !== undefined && everySeconds < window.seconds ? description.sensors : [])
    if (!isWhole(rate * everySeconds!))
      throw new PackageError("bad settings", `everySeconds ${everySeconds}, no whole number of samples of ${name}`);
  for (const index of Object.keys(classes ?? {}))
    if (Number(index) >= description.classes.length) throw new PackageError("bad settings", `class ${index}`);
  const names = description.classes.map((name, index) => classes?.[index] ?? name);
  for (const name of names)
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw new PackageError("bad settings", `two classes are called ${name}`);
  for (const [index, offset] of Object.entries(offsets ?? {})) {
    const sensor = description.sensors[Number(index)];
    if (!sensor) throw new PackageError("bad settings", `sensor ${index}`);
    const [low, high] = sensor.range;
    // With more every reading would be out of range.
    if (!(Math.abs(offset) <= high - low)) throw new PackageError("bad settings", `offset ${offset} of ${sensor.name}`);
  }
  for (const name of limitNames) {
    const [least, most] = limitRanges[name];
    const limit = limits?.[name] ?? least;
    if (limit < least || limit > most)
      throw new PackageError("bad settings", `limits.${name} ${limit}, ${least} to ${most} expected`);
  }
}
