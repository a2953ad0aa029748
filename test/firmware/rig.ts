/** Firmware for a simulated node: images as ESP-IDF makes them, signed. */
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { packFirmware } from "../../host-tools/script/firmware.js";
import { publicKeyOf } from "../../host-tools/script/keys.js";
import { buildHost, runHost, type HostProgram, type RunOptions, type RunResult } from "../../host-tools/xs/index.js";
import { withValues } from "../node/descriptions.js";

const here = path.dirname(fileURLToPath(import.meta.url));
export const folder = path.join(buildRoot, "test", `firmware-${process.pid}`);
mkdirSync(folder, { recursive: true });
export const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });

export const keys = generateKeyPairSync("ed25519");
export const publicKey = publicKeyOf(keys.privateKey);

/** The example's node, on a board. */
export const { config } = checkConfig(withValues({ board: "esp32-devkitc", chip: undefined, updates: { publicKey } }));

/**
 * An image of ESP-IDF's format (esp_app_format.h, esp_app_desc.h): two segments, the first of which begins with the application's description, the second holds the node's.
 * @param bytes of the second
 */
export function makeImage(
  version: string,
  bytes: number,
  chip = 0,
  { devEui }: { devEui: string } = config.radio,
): Buffer {
  const description = Buffer.alloc(256);
  description.writeUInt32LE(0xabcd5432, 0);
  description.write(version, 16);
  const code = Buffer.alloc(bytes, "code ");
  code.write(JSON.stringify({ radio: { devEui } }), 100);
  const head = Buffer.alloc(24);
  head.set([0xe9, 2, 2, 0x20]);
  head.writeUInt32LE(0x40080000, 4);
  head.writeUInt16LE(chip, 12);
  head[23] = 1;
  const segment = (address: number, data: Buffer): Buffer => {
    const top = Buffer.alloc(8);
    top.writeUInt32LE(address, 0);
    top.writeUInt32LE(data.length, 4);
    return Buffer.concat([top, data]);
  };
  const body = Buffer.concat([head, segment(0x3f400020, description), segment(0x400d0020, code)]);
  let check = 0xef;
  for (const byte of [...description, ...code]) check ^= byte;
  const padded = Buffer.concat([body, Buffer.alloc(15 - (body.length & 15)), Buffer.of(check)]);
  return Buffer.concat([padded, createHash("sha256").update(padded).digest()]);
}

export const packed = (image: Uint8Array, sequence = 5, key = keys.privateKey, node = config): Uint8Array =>
  packFirmware({ config: node, key, file: "image", image, sequence, version: "2.0.0", name: "test" });

let program: Promise<HostProgram> | undefined;

/** Runs test/firmware/firmware.xs.ts. @returns what its programs said, too */
export async function runNode(
  what: string,
  file: Uint8Array,
  options: RunOptions = {},
): Promise<RunResult & { said: unknown[][] }> {
  const given = path.join(folder, `${Math.random().toString(36).slice(2)}.lf`);
  writeFileSync(given, file);
  program ??= buildHost({ manifest: path.join(here, "manifest.json") });
  const run = await runHost(await program, {
    args: [what, publicKey],
    resources: { "firmware.lf": given },
    timeoutMs: 300_000,
    restarts: true,
    ...options,
  });
  rmSync(given);
  return { ...run, said: run.lines.map((line) => JSON.parse(line) as unknown[]) };
}
