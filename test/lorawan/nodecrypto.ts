import { createCipheriv } from "node:crypto";
import type { LinkCrypto } from "../../device/lorawan/types.js";

function ecb(key: Uint8Array, block: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

/** Doubling in GF(2^128), RFC 4493 section 2.3. */
function double(block: Buffer): Buffer {
  const out = Buffer.alloc(16);
  for (let i = 0; i < 16; i++) out[i] = (block[i]! << 1) | (i < 15 ? block[i + 1]! >> 7 : 0);
  if (block[0]! & 0x80) out[15]! ^= 0x87;
  return out;
}

/** The link's crypto on Node's AES, for tests without XS. */
export const nodeCrypto: LinkCrypto = {
  encryptBlock(key, data, offset) {
    data.set(ecb(key, data.subarray(offset, offset + 16)), offset);
  },
  cmac(key, data, length, out) {
    const k1 = double(ecb(key, Buffer.alloc(16)));
    const whole = length > 0 && length % 16 === 0;
    const blocks = Math.max(1, Math.ceil(length / 16));
    const padded = Buffer.alloc(blocks * 16);
    padded.set(data.subarray(0, length));
    if (!whole) padded[length] = 0x80;
    const last = whole ? k1 : double(k1);
    for (let i = 0; i < 16; i++) padded[(blocks - 1) * 16 + i]! ^= last[i]!;
    const cipher = createCipheriv("aes-128-cbc", key, Buffer.alloc(16)).setAutoPadding(false);
    out.set(cipher.update(padded).subarray(-16));
  },
};
