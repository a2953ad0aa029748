import type { LinkCrypto } from "../lorawan/types.js";

export type EncryptBlock = LinkCrypto["encryptBlock"];

/** Doubling in GF(2^128), RFC 4493 section 2.3, in place. */
function double(block: Uint8Array): void {
  const carry = block[0]! & 0x80;
  for (let i = 0; i < 16; i++) block[i] = (block[i]! << 1) | (i < 15 ? block[i + 1]! >> 7 : 0);
  if (carry) block[15]! ^= 0x87;
}

/** DataBlockIntKey of TS004-2.0.0 section 4. The node has one root key, so GenAppKey is AppKey. */
export function blockIntKey(appKey: Uint8Array, encryptBlock: EncryptBlock): Uint8Array {
  const key = new Uint8Array(16);
  key[0] = 0x30;
  encryptBlock(appKey, key, 0);
  return key;
}

export interface MicSession {
  counter: number;
  index: number;
  /** 4 bytes */
  descriptor: Uint8Array;
}

/** MIC of a data block: AES-CMAC of B0 and the block, its first four bytes. Step by step: a block need not fit in RAM, and takes a chip's processor for seconds. */
export class BlockMic {
  readonly #key: Uint8Array;
  readonly #bytes: number;
  readonly #read: (offset: number, length: number) => Uint8Array;
  readonly #encryptBlock: EncryptBlock;
  readonly #state = new Uint8Array(16);
  readonly #subkey = new Uint8Array(16);
  #at = 0;

  /** @param read gives any bytes of the block, valid until it is called again */
  constructor(
    key: Uint8Array,
    session: MicSession,
    bytes: number,
    read: (offset: number, length: number) => Uint8Array,
    encryptBlock: EncryptBlock,
  ) {
    this.#key = key;
    this.#bytes = bytes;
    this.#read = read;
    this.#encryptBlock = encryptBlock;
    const state = this.#state;
    state.set([0x49, session.counter & 255, session.counter >> 8, session.index]);
    state.set(session.descriptor, 4);
    state.set([bytes & 255, (bytes >> 8) & 255, (bytes >> 16) & 255, bytes >>> 24], 12);
    encryptBlock(key, state, 0);
    encryptBlock(key, this.#subkey, 0);
    double(this.#subkey);
  }

  /** @param bytes to take, a multiple of 16 @returns whether there are more */
  step(bytes: number): boolean {
    const end = Math.min(this.#bytes, this.#at + bytes);
    const data = this.#read(this.#at, end - this.#at);
    const state = this.#state;
    for (let from = 0; from < data.length; from += 16) {
      const length = Math.min(16, data.length - from);
      for (let i = 0; i < length; i++) state[i]! ^= data[from + i]!;
      if (end === this.#bytes && from + 16 >= data.length) this.#finish(length);
      this.#encryptBlock(this.#key, state, 0);
    }
    this.#at = end;
    return end < this.#bytes;
  }

  #finish(length: number): void {
    const subkey = this.#subkey;
    if (length < 16) {
      this.#state[length]! ^= 0x80;
      double(subkey);
    }
    for (let i = 0; i < 16; i++) this.#state[i]! ^= subkey[i]!;
  }

  /** When there are no more. */
  get result(): Uint8Array {
    return this.#state.slice(0, 4);
  }
}

/** The same in one step. */
export function blockMic(
  key: Uint8Array,
  session: MicSession,
  bytes: number,
  read: (offset: number, length: number) => Uint8Array,
  encryptBlock: EncryptBlock,
): Uint8Array {
  const mic = new BlockMic(key, session, bytes, read, encryptBlock);
  mic.step(bytes);
  return mic.result;
}
