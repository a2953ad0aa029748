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

/**
 * MIC of a data block, of which `read` gives any 16 bytes or less: AES-CMAC of B0 and the block, its first four bytes. Block by block: the data block need not fit in RAM.
 * @param descriptor 4 bytes
 */
export function blockMic(
  key: Uint8Array,
  session: { counter: number; index: number; descriptor: Uint8Array },
  bytes: number,
  read: (offset: number, length: number) => Uint8Array,
  encryptBlock: EncryptBlock,
): Uint8Array {
  const state = new Uint8Array(16);
  state.set([0x49, session.counter & 255, session.counter >> 8, session.index]);
  state.set(session.descriptor, 4);
  state.set([bytes & 255, (bytes >> 8) & 255, (bytes >> 16) & 255, bytes >>> 24], 12);
  encryptBlock(key, state, 0);
  const subkey = new Uint8Array(16);
  encryptBlock(key, subkey, 0);
  double(subkey);
  for (let at = 0; at < bytes; at += 16) {
    const length = Math.min(16, bytes - at);
    const data = read(at, length);
    for (let i = 0; i < length; i++) state[i]! ^= data[i]!;
    if (at + 16 >= bytes) {
      if (length < 16) {
        state[length]! ^= 0x80;
        double(subkey);
      }
      for (let i = 0; i < 16; i++) state[i]! ^= subkey[i]!;
    }
    encryptBlock(key, state, 0);
  }
  return state.slice(0, 4);
}
