import FFT from "fft";

/** A sum of two tones and a trend, by a formula that the test repeats. */
const sample = (n: number): number => Math.fround(Math.sin(n * 0.61) + 0.5 * Math.cos(n * 1.9) + n / 300);

for (let size = 16; size <= 1024; size *= 2) {
  const fft = new FFT(size);
  const data = Float32Array.from({ length: size }, (_, n) => sample(n));
  fft.forward(data.buffer);
  // A ring that starts in the middle.
  const ring = new Float32Array(size + 5);
  for (let n = 0; n < size; n++) ring[(n + 9) % ring.length] = sample(n);
  fft.power(ring.buffer, 9, 0.25);
  const power = Array.from({ length: size / 2 + 1 }, (_, k) => fft.bin(k));
  trace(`${JSON.stringify({ size, spectrum: Array.from(data), power, band: fft.band(1, size / 4) })}\n`);
  fft.close();
  fft.close();
}

const refused = (run: () => void): string => {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return "taken";
};
const fft = new FFT(16);
const closed = new FFT(16);
closed.close();
trace(
  `${JSON.stringify([
    refused(() => new FFT(24)),
    refused(() => new FFT(2048)),
    refused(() => fft.forward(new ArrayBuffer(60))),
    refused(() => fft.power(new ArrayBuffer(64), 16, 0)),
    refused(() => fft.band(3, 10)),
    refused(() => fft.bin(-1)),
    refused(() => closed.bin(0)),
  ])}\n`,
);
