/** Packages that replace a node's app script, network and settings: docs/packages.md shows each byte. Numbers are little-endian. Pure, used by the node and by the tools. */
import { checkRange } from "./stamp.js";
import { PackageError } from "./update.js";
import { decodeUtf8, encodeUtf8, isUtf8 } from "./utf8.js";

export const packageFormat = 1;
/** Of `AppApi`, and of the language and the built-ins that a script may use: what the firmware has, and what a package is made for. */
export const apiLevel = 1;
export const languageLevel = 1;

export const profileBytes = 8;
export const signatureBytes = 64;
export const maxNameBytes = 32;
/** A network is read in place. */
export const modelAlignment = 16;

/** What a package replaces; the number is its flag. */
export const packageParts = { script: 1, model: 2, settings: 4 } as const;
export type PackagePartName = keyof typeof packageParts;
/** Flag of a package without sections: the predecessors of the parts that its other flags name come back. */
const backFlag = 8;
const allParts = packageParts.script | packageParts.model | packageParts.settings;
/** In this order, each at most once; the number is its type. A model has a normalizer and test vectors. */
export const sections = { script: 1, model: 2, normalizer: 3, vectors: 4, settings: 5 } as const;
export type SectionName = keyof typeof sections;
const partNames = Object.keys(packageParts) as PackagePartName[];
const sectionNames = Object.keys(sections) as SectionName[];

/** The part that a section belongs to. */
const partOf = (name: SectionName): PackagePartName => (name === "script" || name === "settings" ? name : "model");

export interface PackageHead {
  /** Increases from package to package of a node. */
  sequence: number;
  /** Of the node that it is for: `profileText`'s SHA-256, its first bytes. */
  profile: Uint8Array;
  apiLevel: number;
  languageLevel: number;
  version: number;
  name: string;
}

export interface ReadPackage extends PackageHead {
  /** Views of the package. */
  sections: Partial<Record<SectionName, Uint8Array>>;
  /** Parts whose predecessors come back; empty: the sections replace some. */
  back: PackagePartName[];
}

const headBytes = 25;
/** Of a section's length. */
const lengthBytes = 3;
/** Of a section beside its content: type and length. */
export const sectionHeadBytes = 1 + lengthBytes;
/** Without a name and sections. */
export const minPackageBytes = headBytes + signatureBytes;

/** The bytes to sign, which the signature then follows. @param back with no contents. @throws RangeError for what does not fit */
export function encodePackage(
  head: PackageHead,
  contents: Partial<Record<SectionName, Uint8Array>>,
  back: readonly PackagePartName[] = [],
): Uint8Array<ArrayBuffer> {
  const name = encodeUtf8(head.name);
  checkRange("sequence", head.sequence, 0xffffffff);
  checkRange("API level", head.apiLevel, 255);
  checkRange("language level", head.languageLevel, 255);
  checkRange("version", head.version, 0xffff);
  checkRange("name's length", name.length, maxNameBytes);
  checkRange("profile's length - 8", head.profile.length - profileBytes, 0);
  const body: number[] = [...name];
  let flags = back.length > 0 ? backFlag : 0;
  for (const part of back) flags |= packageParts[part];
  const at = (): number => headBytes + body.length;
  for (const section of sectionNames) {
    const bytes = contents[section];
    if (!bytes) continue;
    flags |= packageParts[partOf(section)];
    body.push(sections[section]);
    const padding = section === "model" ? -(at() + lengthBytes) & (modelAlignment - 1) : 0;
    const length = bytes.length + padding;
    checkRange(`bytes of ${section}`, length, 0xffffff);
    body.push(length & 255, (length >> 8) & 255, length >> 16);
    for (let i = 0; i < padding; i++) body.push(0);
    for (const byte of bytes) body.push(byte);
  }
  const all = new Uint8Array(headBytes + body.length);
  const view = new DataView(all.buffer);
  all.set([0x4c, 0x50, packageFormat, flags]);
  view.setUint32(4, all.length + signatureBytes, true);
  view.setUint32(8, head.sequence, true);
  all.set(head.profile, 12);
  all.set([head.apiLevel, head.languageLevel], 20);
  view.setUint16(22, head.version, true);
  all[24] = name.length;
  all.set(body, headBytes);
  return all;
}

/** What stands before everything else, even the signature: that these bytes are a package of this format, and all of it. @throws PackageError */
export function checkOutline(bytes: Uint8Array): void {
  if (bytes.length < minPackageBytes)
    throw new PackageError("wrong length", `${bytes.length} bytes, at least ${minPackageBytes} expected`);
  if (bytes[0] !== 0x4c || bytes[1] !== 0x50) throw new PackageError("malformed", "it does not start with LP");
  if (bytes[2] !== packageFormat)
    throw new PackageError("unknown format", `format ${bytes[2]}, this is format ${packageFormat}`);
  const length = viewOf(bytes).getUint32(4, true);
  if (length !== bytes.length)
    throw new PackageError("wrong length", `${bytes.length} bytes, it says that it has ${length}`);
}

/** To be called when outline and signature are right. @throws PackageError for anything that `encodePackage` does not make */
export function readPackage(bytes: Uint8Array): ReadPackage {
  checkOutline(bytes);
  const view = viewOf(bytes);
  const flags = bytes[3]!;
  const end = bytes.length - signatureBytes;
  const nameLength = bytes[24]!;
  let at = headBytes + nameLength;
  const name = nameLength <= maxNameBytes && at <= end ? decodeUtf8(bytes.slice(headBytes, at)) : undefined;
  if (name === undefined) throw new PackageError("malformed", `a name of ${nameLength} bytes`);
  const found: ReadPackage["sections"] = {};
  let has = 0;
  let last = 0;
  while (at < end) {
    const type = bytes[at++]!;
    const section = sectionNames[type - 1];
    if (!section) throw new PackageError("unknown section", `type ${type}`);
    if (type <= last) throw new PackageError("malformed", `${section} is there twice, or not in its place`);
    last = type;
    if (at + lengthBytes > end) throw new PackageError("malformed", `${section} has no length`);
    const length = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    at += lengthBytes;
    if (at + length > end)
      throw new PackageError("malformed", `${section} of ${length} bytes at ${at}, the sections end at ${end}`);
    let from = at;
    if (section === "model") from += -from & (modelAlignment - 1);
    for (let i = at; i < from; i++)
      if (i >= at + length || bytes[i] !== 0) throw new PackageError("malformed", "padding that is not 0");
    found[section] = bytes.subarray(from, at + length);
    has |= packageParts[partOf(section)];
    at += length;
  }
  if (at !== end) throw new PackageError("malformed", `the sections end at ${at}, ${end} expected`);
  if (flags & ~(allParts | backFlag)) throw new PackageError("unknown section", `flags ${flags}`);
  const isBack = (flags & backFlag) !== 0;
  const named = flags & allParts;
  if (named === 0 || has !== (isBack ? 0 : named))
    throw new PackageError("malformed", `flags ${flags}, the sections are those of ${has}`);
  if (has & packageParts.model && !(found.model && found.normalizer && found.vectors))
    throw new PackageError("malformed", "a model has a normalizer and test vectors");
  return {
    sequence: view.getUint32(8, true),
    profile: bytes.slice(12, 12 + profileBytes),
    apiLevel: bytes[20]!,
    languageLevel: bytes[21]!,
    version: view.getUint16(22, true),
    name,
    sections: found,
    back: isBack ? partNames.filter((part) => named & packageParts[part]) : [],
  };
}

/** To be called once of a package whose signature is right, before its app script is to be a text. @throws PackageError */
export function checkScriptText({ sections: { script } }: ReadPackage): void {
  // An empty text stands for the firmware's own.
  if (script && !(script.length > 0 && isUtf8(script)))
    throw new PackageError("malformed", `an app script of ${script.length} bytes that are no text`);
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
