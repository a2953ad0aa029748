/** IEEE 754 binary16. */

export const largestFloat16 = 65504;

const real = new Float32Array(1);
const bits = new Uint32Array(real.buffer);

/** The bits of the nearest number, of two the even one. @param value at most 65504 and not NaN */
function bitsOf(value: number): number {
  real[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const exponent = (bits[0]! >>> 23) & 0xff;
  // Below 2^-14 numbers are multiples of 2^-24; from there on the exponent's bits follow the fraction's, so that rounding up carries into them.
  const shift = exponent < 113 ? Math.min(126 - exponent, 31) : 13;
  const fraction = exponent < 113 ? (bits[0]! & 0x7fffff) | 0x800000 : (bits[0]! & 0x7fffffff) - (112 << 23);
  const down = shift > 24 ? 0 : fraction >>> shift;
  const rest = fraction - down * 2 ** shift;
  const half = 2 ** (shift - 1);
  return sign | (down + (rest > half || (rest === half && down % 2 === 1) ? 1 : 0));
}

function numberOf(half: number): number {
  const [exponent, fraction] = [(half >> 10) & 0x1f, half & 0x3ff];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return half & 0x8000 ? -size : size;
}

export const toFloat16 = (values: Float32Array): Uint16Array => Uint16Array.from(values, bitsOf);

export const fromFloat16 = (halves: Uint16Array): Float32Array => Float32Array.from(halves, numberOf);
