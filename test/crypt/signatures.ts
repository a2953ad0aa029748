/** Ed25519 in big integers, straight from RFC 8032, for signatures and keys that no library makes. */
export const p = 2n ** 255n - 19n;
/** Order of the base point. */
export const order = 2n ** 252n + 27742317777372353535851937790883648493n;

const modulo = (value: bigint): bigint => ((value % p) + p) % p;

export function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = modulo(base), rest = exponent; rest > 0n; rest >>= 1n, square = modulo(square * square))
    if (rest & 1n) result = modulo(result * square);
  return result;
}

export const rootOfMinusOne = power(2n, (p - 1n) / 4n);
export const d = modulo(-121665n * power(121666n, p - 2n));

/** The x of a y that has one, even. */
export function xOf(y: bigint): bigint {
  const square = modulo((y * y - 1n) * power(d * y * y + 1n, p - 2n));
  let x = power(square, (p + 3n) / 8n);
  if (modulo(x * x) !== square) x = modulo(x * rootOfMinusOne);
  if (modulo(x * x) !== square) throw new RangeError(`no point has the y ${y}`);
  return x & 1n ? p - x : x;
}

export const baseY = modulo(4n * power(5n, p - 2n));

/** Little-endian. */
export function bytesOf(value: bigint, count = 32): Buffer {
  const bytes = Buffer.alloc(count);
  for (let i = 0; i < count; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 255n);
  return bytes;
}

export const numberOf = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** Encodings of the points whose order divides 8, by "Taming the Many EdDSAs" (Chalkias, Garillot, Nikolaenko 2020), table 1; the last ones are not canonical. */
export const smallOrder = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];
