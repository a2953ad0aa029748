/** Writes Protocol Buffers messages by field numbers alone. */

export interface Float {
  float: number;
}
type Value = number | string | Uint8Array | Float;

function varint(value: number): number[] {
  const bytes: number[] = [];
  // As an int32 a negative number is ten bytes, of 64 bits.
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

/** In the order given. */
export function wireMessage(...fields: [number: number, value: Value][]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === "number") return Buffer.from([...varint(number * 8), ...varint(value)]);
      if (typeof value === "object" && "float" in value) {
        const bytes = Buffer.alloc(4);
        bytes.writeFloatLE(value.float);
        return Buffer.concat([Buffer.from(varint(number * 8 + 5)), bytes]);
      }
      const bytes = Buffer.from(value as Uint8Array);
      return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
    }),
  );
}
