import type { LinkCrypto } from "./types.js";

/** LoRaWAN 1.0.x's use of AES-128 (TS001 1.0.4: 4.3.3, 4.4, 6.2). Scratch buffers are allocated once. */
export class Security {
  readonly #crypto: LinkCrypto;
  readonly #block = new Uint8Array(16);
  readonly #mac = new Uint8Array(16);
  readonly #message = new Uint8Array(16 + 256);

  constructor(crypto: LinkCrypto) {
    this.#crypto = crypto;
  }

  /** Encrypts or decrypts `length` bytes of `data` at `offset` in place (counter mode, blocks A_i). */
  cipher(
    key: Uint8Array,
    down: boolean,
    devAddr: number,
    counter: number,
    data: Uint8Array,
    offset: number,
    length: number,
  ): void {
    const block = this.#block;
    for (let i = 0; i < length; i += 16) {
      this.#fillBlock(block, 0x01, down, devAddr, counter, (i >> 4) + 1);
      this.#crypto.encryptBlock(key, block, 0);
      const end = Math.min(16, length - i);
      for (let j = 0; j < end; j++) data[offset + i + j]! ^= block[j]!;
    }
  }

  /** MIC of the first `length` bytes of a data frame (block B_0 before it), as an unsigned little-endian number. */
  dataMic(key: Uint8Array, down: boolean, devAddr: number, counter: number, frame: Uint8Array, length: number): number {
    this.#fillBlock(this.#message, 0x49, down, devAddr, counter, length);
    this.#message.set(frame.subarray(0, length), 16);
    return this.#cmac(key, this.#message, 16 + length);
  }

  /** MIC of the first `length` bytes of a join request or a decrypted join accept. */
  joinMic(key: Uint8Array, frame: Uint8Array, length: number): number {
    return this.#cmac(key, frame, length);
  }

  /** A join accept is encrypted with AES *decryption*, so that a node needs encryption only. */
  decryptJoinAccept(key: Uint8Array, frame: Uint8Array): void {
    for (let offset = 1; offset < frame.length; offset += 16) this.#crypto.encryptBlock(key, frame, offset);
  }

  /** NwkSKey (kind 1) or AppSKey (kind 2); `accept` is the decrypted join accept, JoinNonce and NetID at 1..6. */
  sessionKey(appKey: Uint8Array, kind: 1 | 2, accept: Uint8Array, devNonce: number): Uint8Array {
    const key = new Uint8Array(16);
    key[0] = kind;
    key.set(accept.subarray(1, 7), 1);
    key[7] = devNonce;
    key[8] = devNonce >> 8;
    this.#crypto.encryptBlock(appKey, key, 0);
    return key;
  }

  #cmac(key: Uint8Array, data: Uint8Array, length: number): number {
    this.#crypto.cmac(key, data, length, this.#mac);
    return readU32(this.#mac, 0);
  }

  #fillBlock(block: Uint8Array, first: number, down: boolean, devAddr: number, counter: number, last: number): void {
    block.fill(0, 0, 16);
    block[0] = first;
    block[5] = down ? 1 : 0;
    writeU32(block, 6, devAddr);
    writeU32(block, 10, counter);
    block[15] = last;
  }
}

/** Little-endian, as everything in a LoRaWAN frame. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16) | (bytes[offset + 3]! << 24)) >>> 0;
}

export function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}

export function readU24(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16);
}
