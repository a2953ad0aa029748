/** Spectra for people to look at. What a network is given comes from the device's code alone. */

/** In place, radix 2 (Cooley and Tukey, 1965). @param real, imaginary of a power of two */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const count = real.length;
  for (let i = 1, j = 0; i < count; i++) {
    let bit = count >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
  for (let size = 2; size <= count; size *= 2) {
    const angle = (-2 * Math.PI) / size;
    for (let start = 0; start < count; start += size)
      for (let k = 0; k < size / 2; k++) {
        const [cosine, sine] = [Math.cos(angle * k), Math.sin(angle * k)];
        const [a, b] = [start + k, start + k + size / 2];
        const re = real[b]! * cosine - imaginary[b]! * sine;
        const im = real[b]! * sine + imaginary[b]! * cosine;
        [real[b], imaginary[b]] = [real[a]! - re, imaginary[a]! - im];
        [real[a], imaginary[a]] = [real[a]! + re, imaginary[a]! + im];
      }
  }
}

/** Of fewer samples there is not much to see. */
const fewest = 32;
const longestSegment = 512;

/**
 * Amplitudes (peak, in the samples' unit) from 0 Hz to half the rate, root mean square over half-overlapping segments under a Hann window (Welch, 1967), without the mean; of a
 * sine on a bin it is the sine's amplitude. Undefined: too few samples.
 * @param samples NaN where there is none
 */
export function amplitudeSpectrum(samples: ArrayLike<number>): number[] | undefined {
  if (samples.length < fewest) return undefined;
  const size = Math.min(longestSegment, 2 ** Math.floor(Math.log2(samples.length)));
  const window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  const good = Array.from(samples).filter((value) => Number.isFinite(value));
  const mean = good.reduce((sum, value) => sum + value, 0) / Math.max(1, good.length);
  const powers = new Float64Array(size / 2 + 1);
  let segments = 0;
  for (let from = 0; from + size <= samples.length; from += size / 2, segments++) {
    const real = Float64Array.from(window, (weight, i) => {
      const value = samples[from + i]!;
      return Number.isFinite(value) ? weight * (value - mean) : 0;
    });
    const imaginary = new Float64Array(size);
    transform(real, imaginary);
    for (let bin = 0; bin < powers.length; bin++) powers[bin]! += real[bin]! ** 2 + imaginary[bin]! ** 2;
  }
  // The window's sum is half its length; a sine's power is in two bins, but for 0 Hz and half the rate.
  return Array.from(powers, (power, bin) => {
    const sides = bin === 0 || bin === size / 2 ? 1 : 2;
    return (sides * Math.sqrt(power / segments)) / (size / 2);
  });
}
