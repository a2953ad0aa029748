import { readU24, readU32, writeU32, type Security } from "./security.js";

/** MHDR's message types (TS001 1.0.4, table 4). */
export const messageType = {
  joinRequest: 0,
  joinAccept: 1,
  unconfirmedUp: 2,
  unconfirmedDown: 3,
  confirmedUp: 4,
  confirmedDown: 5,
} as const;

/** FCtrl bits; bit 6 is ADRACKReq up, bit 4 FPending down. */
export const control = { adr: 0x80, adrAckReq: 0x40, ack: 0x20, pending: 0x10 } as const;

/** A data frame with decrypted payload. */
export interface DataFrame {
  type: 2 | 3 | 4 | 5;
  devAddr: number;
  /** FCtrl without FOptsLen: `control` bits. */
  control: number;
  /** FCnt, 32 bits; the lower 16 are transmitted. */
  counter: number;
  /** FOpts, at most 15 bytes. */
  options: Uint8Array;
  /** -1: no port and no payload. */
  port: number;
  payload: Uint8Array;
}

/** Bytes of a data frame around options and payload: MHDR, DevAddr, FCtrl, FCnt, FPort, MIC. */
export const frameOverhead = 13;

export function encodeDataFrame(
  security: Security,
  nwkSKey: Uint8Array,
  appSKey: Uint8Array,
  frame: DataFrame,
): Uint8Array {
  const { options, payload, port } = frame;
  const down = isDown(frame.type);
  const head = 8 + options.length;
  const length = head + (port < 0 ? 0 : 1 + payload.length);
  const bytes = new Uint8Array(length + 4);
  bytes[0] = frame.type << 5;
  writeU32(bytes, 1, frame.devAddr);
  bytes[5] = frame.control | options.length;
  bytes[6] = frame.counter;
  bytes[7] = frame.counter >>> 8;
  bytes.set(options, 8);
  if (port >= 0) {
    bytes[head] = port;
    bytes.set(payload, head + 1);
    security.cipher(
      port === 0 ? nwkSKey : appSKey,
      down,
      frame.devAddr,
      frame.counter,
      bytes,
      head + 1,
      payload.length,
    );
  }
  writeU32(bytes, length, security.dataMic(nwkSKey, down, frame.devAddr, frame.counter, bytes, length));
  return bytes;
}

/** Whether the bytes are formatted as a data frame for `devAddr` in the given direction. */
export function isDataFrameFor(bytes: Uint8Array, devAddr: number, down: boolean): boolean {
  if (bytes.length < 12 || bytes.length > 255) return false;
  const header = bytes[0]!;
  const type = header >> 5;
  // Lower bits: RFU and Major, which is 0 for LoRaWAN R1.
  if ((header & 3) !== 0 || type < 2 || type > 5 || isDown(type) !== down || readU32(bytes, 1) !== devAddr)
    return false;
  const optionsLength = bytes[5]! & 15;
  const head = 8 + optionsLength;
  if (head > bytes.length - 4) return false;
  // TS001 4.3.1.6: a frame with options and port 0 is ignored.
  return !(optionsLength > 0 && head < bytes.length - 4 && bytes[head] === 0);
}

/** Checks the MIC with the 32-bit FCnt and decrypts. Undefined when it does not match; `bytes` is not changed. */
export function decodeDataFrame(
  security: Security,
  nwkSKey: Uint8Array,
  appSKey: Uint8Array,
  bytes: Uint8Array,
  counter: number,
): DataFrame | undefined {
  const end = bytes.length - 4;
  const type = (bytes[0]! >> 5) as DataFrame["type"];
  const down = isDown(type);
  const devAddr = readU32(bytes, 1);
  if (security.dataMic(nwkSKey, down, devAddr, counter, bytes, end) !== readU32(bytes, end)) return undefined;
  const head = 8 + (bytes[5]! & 15);
  const port = head < end ? bytes[head]! : -1;
  // Always a copy: Buffer's slice in Node is a view.
  const payload = new Uint8Array(bytes.subarray(Math.min(head + 1, end), end));
  if (payload.length > 0)
    security.cipher(port === 0 ? nwkSKey : appSKey, down, devAddr, counter, payload, 0, payload.length);
  return { type, devAddr, control: bytes[5]! & 0xf0, counter, options: bytes.slice(8, head), port, payload };
}

/** The 32-bit FCnt of a frame with these lower 16 bits, the next after `last` (-1: none yet); -1 when the counter would overflow. */
export function expandFCnt(last: number, low: number): number {
  if (last < 0) return low;
  const step = (low - last) & 0xffff;
  const counter = last + (step === 0 ? 0x10000 : step);
  return counter > 0xffffffff ? -1 : counter;
}

function isDown(type: number): boolean {
  return (type & 1) === 1;
}

/** EUIs most significant byte first, as they are written. */
export function encodeJoinRequest(
  security: Security,
  appKey: Uint8Array,
  joinEui: Uint8Array,
  devEui: Uint8Array,
  devNonce: number,
): Uint8Array {
  const bytes = new Uint8Array(23);
  for (let i = 0; i < 8; i++) {
    bytes[1 + i] = joinEui[7 - i]!;
    bytes[9 + i] = devEui[7 - i]!;
  }
  bytes[17] = devNonce;
  bytes[18] = devNonce >> 8;
  writeU32(bytes, 19, security.joinMic(appKey, bytes, 19));
  return bytes;
}

export interface JoinAccept {
  joinNonce: number;
  netId: number;
  devAddr: number;
  rx1Offset: number;
  rx2DataRate: number;
  /** Seconds, 1..15. */
  rxDelay: number;
  /** 16 bytes or none. */
  channelList: Uint8Array | undefined;
  nwkSKey: Uint8Array;
  appSKey: Uint8Array;
}

/** Undefined when it is not a join accept for this key; `bytes` is not changed. */
export function decodeJoinAccept(
  security: Security,
  appKey: Uint8Array,
  received: Uint8Array,
  devNonce: number,
): JoinAccept | undefined {
  if ((received.length !== 17 && received.length !== 33) || (received[0]! & 0xe3) !== messageType.joinAccept << 5)
    return undefined;
  const bytes = new Uint8Array(received);
  security.decryptJoinAccept(appKey, bytes);
  const end = bytes.length - 4;
  if (security.joinMic(appKey, bytes, end) !== readU32(bytes, end)) return undefined;
  return {
    joinNonce: readU24(bytes, 1),
    netId: readU24(bytes, 4),
    devAddr: readU32(bytes, 7),
    rx1Offset: (bytes[11]! >> 4) & 7,
    rx2DataRate: bytes[11]! & 15,
    rxDelay: bytes[12]! & 15 || 1,
    channelList: end > 13 ? bytes.slice(13, 29) : undefined,
    nwkSKey: security.sessionKey(appKey, 1, bytes, devNonce),
    appSKey: security.sessionKey(appKey, 2, bytes, devNonce),
  };
}
