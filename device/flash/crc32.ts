const table = new Uint32Array(16);
for (let i = 0; i < 16; i++) {
  let value = i;
  for (let bit = 0; bit < 4; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  table[i] = value;
}

/** CRC-32 (IEEE 802.3) of the bytes from `from` to `to`, four bits at a time: a table of 64 bytes. `seed`: the CRC so far, to continue it. */
export function crc32(bytes: Uint8Array, seed = 0, from = 0, to = bytes.length): number {
  let crc = ~seed;
  for (let i = from; i < to; i++) {
    crc ^= bytes[i]!;
    crc = (crc >>> 4) ^ table[crc & 15]!;
    crc = (crc >>> 4) ^ table[crc & 15]!;
  }
  return ~crc >>> 0;
}
