/** Packages that a node refuses. */
import { generateKeyPairSync } from "node:crypto";
import { encodePackage } from "../../device/codec/package.js";
import { encodeSettings } from "../../device/codec/settings.js";
import type { Refusal } from "../../device/codec/update.js";
import { encodeUtf8 } from "../../device/codec/utf8.js";
import type { NodeConfig } from "../../device/config.js";
import { makePackage, profileOf, signed } from "./rig.js";

export type RefusedPackage = readonly [what: string, bytes: Uint8Array, reason: Refusal, subject: number];

/** For a node that has package 5: each with why it is refused, and the sequence that is said then; 0: it is not believed. */
export function refusedPackages(config: NodeConfig): RefusedPackage[] {
  const script = encodeUtf8("new");
  const head = { sequence: 6, profile: profileOf(config), apiLevel: 1, languageLevel: 1, version: 1, name: "test" };
  /** With other bytes, and the signature that belongs to them. */
  const resigned = (change: (bytes: Uint8Array) => Uint8Array): Uint8Array => {
    const bytes = change(encodePackage(head, { script }));
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(4, bytes.length + 64, true);
    return signed(bytes);
  };
  const append =
    (...more: number[]) =>
    (bytes: Uint8Array) =>
      Uint8Array.from([...bytes, ...more]);
  const foreign = generateKeyPairSync("ed25519").privateKey;
  const other = { ...config, classes: config.classes.toReversed() };
  return [
    ["an older one", makePackage(config, 4, "older"), "older sequence", 4],
    ["the same again", makePackage(config, 5, "old"), "older sequence", 5],
    ["another key", signed(encodePackage(head, { script }), foreign), "bad signature", 0],
    ["another node's", makePackage(other, 6, "new"), "other profile", 6],
    ["another API", makePackage(config, 6, "new", { apiLevel: 2 }), "API level", 6],
    ["another language", makePackage(config, 6, "new", { languageLevel: 2 }), "language level", 6],
    ["trailing bytes, unsigned", append(0)(makePackage(config, 6, "new")), "wrong length", 0],
    ["trailing bytes, signed", resigned(append(0)), "unknown section", 6],
    ["a hidden resource", resigned(append(9, 1, 0, 0, 0)), "unknown section", 6],
    ["two scripts", resigned(append(1, 1, 0, 0, 65)), "malformed", 0],
    [
      "an app script that is no text",
      makePackage(config, 6, { script: Uint8Array.of(65, 0xff, 0xfe, 65) }),
      "malformed",
      0,
    ],
    [
      "an app script that ends within a character",
      makePackage(config, 6, { script: encodeUtf8(`${"ü".repeat(299)}x😀`).subarray(0, -1) }),
      "malformed",
      0,
    ],
    ["an app script of no bytes", makePackage(config, 6, { script: new Uint8Array(0) }), "malformed", 0],
    ["an unknown flag", resigned((bytes) => ((bytes[3]! |= 64), bytes)), "unknown section", 6],
    ["settings that are none", makePackage(config, 6, { settings: Uint8Array.of(77) }), "bad settings", 6],
    [
      "a class that is not there",
      makePackage(config, 6, { settings: encodeSettings({ classes: { 99: "x" } }) }),
      "bad settings",
      6,
    ],
    [
      "two classes of one name",
      makePackage(config, 6, { settings: encodeSettings({ classes: { 0: config.classes[1]! } }) }),
      "bad settings",
      6,
    ],
    [
      "a sensor that is not there",
      makePackage(config, 6, { settings: encodeSettings({ offsets: { 14: 1 } }) }),
      "bad settings",
      6,
    ],
    ...[1e30, -1000].map((offset): RefusedPackage => [
      `an offset of ${offset}`,
      makePackage(config, 6, { settings: encodeSettings({ offsets: { 0: offset } }) }),
      "bad settings",
      6,
    ]),
    [
      "no time for the app script",
      makePackage(config, 6, { settings: encodeSettings({ limits: { seconds: 0 } }) }),
      "bad settings",
      6,
    ],
    [
      "more memory for the app script than there is",
      makePackage(config, 6, { settings: encodeSettings({ limits: { bytes: 0xffffffff } }) }),
      "bad settings",
      6,
    ],
    [
      "windows that overlap",
      makePackage(config, 6, { settings: encodeSettings({ everySeconds: 1 }) }),
      "bad settings",
      6,
    ],
  ];
}
