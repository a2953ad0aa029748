/** Signed firmware: what `loam firmware` makes of the image that ESP-IDF has built. */
import { createHash, type KeyObject } from "node:crypto";
import { chipIds, encodeFirmwareHead, readFirmwareHead, type ReadFirmwareHead } from "../../device/codec/firmware.js";
import { signatureBytes } from "../../device/codec/package.js";
import { PackageError } from "../../device/codec/update.js";
import { UserError } from "../lib/errors.js";
import { firmwareSlotBytes } from "../node/partitions.js";
import type { CheckedNode } from "../node/schema/node.js";
import { isSignedBy, signBytes } from "./keys.js";

/** esp_image_header_t and esp_image_segment_header_t of ESP-IDF (esp_app_format.h). */
const [magic, headBytes, segmentHead, mostSegments, checkStart, hashBytes] = [0xe9, 24, 8, 16, 0xef, 32];

/** What the boot loader checks, too. @returns the chip that it is for @throws UserError */
function checkImage(file: string, image: Uint8Array): number {
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  if (image.length < headBytes || image[0] !== magic)
    throw new UserError(
      `${file} is no image of an ESP32: it does not begin with 0xE9 (xs_esp32.bin of loam device is one)`,
    );
  const segments = image[1]!;
  let at = headBytes;
  let check = checkStart;
  for (let i = 0; i < segments; i++) {
    const end = at + segmentHead <= image.length ? at + segmentHead + view.getUint32(at + 4, true) : Infinity;
    if (end > image.length || segments > mostSegments)
      throw new UserError(`${file} ends at ${image.length}, within segment ${i + 1} of ${segments}`);
    for (at += segmentHead; at < end; at++) check ^= image[at]!;
  }
  at |= 15;
  if (image[at] !== check) throw new UserError(`${file} is damaged: its checksum at ${at} is not ${check}`);
  at++;
  if (image[23] === 1) {
    const hash = createHash("sha256").update(image.subarray(0, at)).digest();
    if (!hash.equals(image.subarray(at, at + hashBytes)))
      throw new UserError(`${file} is damaged: its SHA-256 at ${at} is that of something else`);
    at += hashBytes;
  }
  if (at !== image.length) throw new UserError(`${file} has ${image.length} bytes, its image ${at}`);
  return view.getUint16(12, true);
}

const chipOf = (config: CheckedNode): number => chipIds[config.chip];

/** Whether the image was built with the description of the node with this DevEUI: the build embeds that as it stands. Another node's image would make the node that one. */
const isBuiltFor = (image: Uint8Array, devEui: string): boolean =>
  Buffer.from(image).toString("latin1").toLowerCase().includes(devEui.toLowerCase());

export interface FirmwareOptions {
  config: CheckedNode;
  key: KeyObject;
  /** The image, and its file's name for errors. */
  file: string;
  image: Uint8Array;
  sequence: number;
  version: string;
  name: string;
}

/** Head, image, signature. @throws UserError for what the node would refuse */
export function packFirmware({ config, key, file, image, ...head }: FirmwareOptions): Uint8Array {
  const chip = checkImage(file, image);
  if (chip !== chipOf(config))
    throw new UserError(`${file} is for chip ${chip} of ESP-IDF, the node's ${config.chip} is ${chipOf(config)}`);
  const { devEui } = config.radio;
  if (!isBuiltFor(image, devEui))
    throw new UserError(
      `${file} was not built with this description: its devEui ${devEui} is nowhere in it, and a node that took it would be another one`,
    );
  const most = firmwareSlotBytes(config.board);
  if (image.length > most) throw new UserError(`${file} has ${image.length} bytes, a slot of the node ${most}`);
  try {
    const signed = Buffer.concat([
      encodeFirmwareHead({ ...head, chip, board: config.board ?? "" }, image.length),
      image,
    ]);
    return Buffer.concat([signed, signBytes(signed, key)]);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`the firmware: ${error.message}`);
    throw error;
  }
}

export interface InspectedFirmware extends ReadFirmwareHead {
  /** Whether it is for the node's board and chip and was built with its description, and whether it is signed by its key; undefined without a node, or a key. */
  isForNode?: boolean;
  isSigned?: boolean;
}

/** @param devEui of the node, where it is not the description's @throws UserError for a file that is no firmware */
export function inspectFirmware(
  file: string,
  bytes: Uint8Array,
  config?: CheckedNode,
  devEui = config?.radio.devEui ?? "",
): InspectedFirmware {
  let head: ReadFirmwareHead;
  try {
    head = readFirmwareHead(bytes, bytes.length);
  } catch (error) {
    if (error instanceof PackageError) throw new UserError(`${file} is no firmware: ${error.message}`);
    throw error;
  }
  const image = bytes.subarray(head.headBytes, head.headBytes + head.imageBytes);
  checkImage(`the image in ${file}`, image);
  const publicKey = config?.updates?.publicKey;
  return {
    ...head,
    ...(config && {
      isForNode: head.chip === chipOf(config) && head.board === (config.board ?? "") && isBuiltFor(image, devEui),
    }),
    ...(publicKey !== undefined && {
      isSigned: isSignedBy(publicKey, bytes.subarray(0, -signatureBytes), bytes.subarray(-signatureBytes)),
    }),
  };
}
