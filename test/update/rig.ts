import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from "node:crypto";
import type { NodeConfig } from "../../device/config.js";
import {
  apiLevel,
  encodePackage,
  languageLevel,
  type PackageHead,
  type SectionName,
} from "../../device/codec/package.js";
import { encodeUtf8 } from "../../device/codec/utf8.js";
import { crc32 } from "../../device/flash/crc32.js";
import { profileText } from "../../device/profile.js";
import { UpdateRecords } from "../../device/update/records.js";
import { Slots } from "../../device/update/slots.js";
import type { Staging } from "../../device/fragments/staging.js";
import { stagingFor } from "../../device/update/staging.js";
import type { UpdateNews } from "../../device/update/parts.js";
import { Updates } from "../../device/update/updates.js";
import { exampleNode } from "../device/helpers/day.js";
import { NorFlash } from "../flash/norflash.js";

export const blocks = 8;
export const config = exampleNode();

export const keys = generateKeyPairSync("ed25519");
const rawKey = (key: KeyObject): Uint8Array =>
  Uint8Array.from(key.export({ format: "der", type: "spki" }).subarray(-32));

export const profileOf = (config: NodeConfig): Uint8Array =>
  createHash("sha256").update(profileText(config)).digest().subarray(0, 8);

export interface RigOptions {
  /** The program before this one crashed. */
  isFailure?: boolean;
  publicKey?: Uint8Array | null;
  /** Networks are checked under XS only. */
  checkModel?: () => void;
}

/** The node's part of updates on a flash, in a program that has just begun. */
export class Rig {
  readonly news: UpdateNews[] = [];
  changes = 0;
  readonly updates: Updates;
  readonly staging: Staging;

  constructor(flash: NorFlash, config: NodeConfig, options: RigOptions = {}) {
    const slots = new Slots(flash, () => flash.bytes.buffer);
    const records = new UpdateRecords(slots.records);
    const { publicKey = rawKey(keys.publicKey) } = options;
    this.updates = new Updates({
      slots,
      records,
      description: config,
      profile: profileOf(config),
      publicKey: publicKey ?? undefined,
      verify(key, signature, message) {
        const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
        return () => verify(null, message, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
      },
      checkModel: options.checkModel ?? (() => {}),
      checksum: (bytes) => crc32(bytes),
      onNews: (news) => this.news.push(news),
      onEnded: () => {},
      onChange: () => this.changes++,
    });
    this.staging = stagingFor(this.updates, slots, records);
    this.updates.settle();
    this.updates.started(options.isFailure ?? false, false);
  }

  get script(): string | undefined {
    const { script } = this.updates;
    return script && Buffer.from(script).toString();
  }

  /** Receives it in pieces. */
  send(bytes: Uint8Array, piece = 50): boolean {
    if (!this.updates.begin(bytes.length)) return false;
    for (let at = 0; at < bytes.length; at += piece) this.updates.write(at, bytes.subarray(at, at + piece));
    return this.updates.finish();
  }

  /** What was said of the last package. */
  get said(): string {
    const last = this.news.at(-1);
    return last ? `${last.event}: ${last.reason}` : "nothing";
  }
}

export const signed = (bytes: Uint8Array, key = keys.privateKey): Uint8Array =>
  Buffer.concat([bytes, sign(null, bytes, key)]);

export function makePackage(
  config: NodeConfig,
  sequence: number,
  contents: Partial<Record<SectionName, Uint8Array>> | string,
  head: Partial<PackageHead> = {},
): Uint8Array {
  return signed(
    encodePackage(
      { sequence, profile: profileOf(config), apiLevel, languageLevel, version: sequence, name: "test", ...head },
      typeof contents === "string" ? { script: encodeUtf8(contents) } : contents,
    ),
  );
}

export const open = (flash: NorFlash, options: RigOptions = {}): Rig => new Rig(flash, config, options);

/** Sends it, begins anew, and lets it prove itself. */
export function install(flash: NorFlash, bytes: Uint8Array): Rig {
  open(flash).send(bytes);
  const rig = open(flash);
  rig.updates.acknowledged();
  rig.updates.windowHandled();
  return rig;
}

export function flashWith(...packages: Uint8Array[]): NorFlash {
  const flash = new NorFlash(blocks);
  for (const bytes of packages) install(flash, bytes);
  return flash;
}
