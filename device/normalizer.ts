/** "LNM1", number of features (uint32), then mean and deviation of each (float32), little-endian: the file beside the model. */
const magic = 0x314d4e4c;
const headBytes = 8;

/** The bytes of a normalizer. Pure, for the trainer. @throws RangeError when the lists differ in length or hold a value that is not finite */
export function encodeNormalizer(mean: ArrayLike<number>, deviation: ArrayLike<number>): Uint8Array {
  if (mean.length !== deviation.length)
    throw new RangeError(`normalizer: ${mean.length} means, ${deviation.length} deviations`);
  const view = new DataView(new ArrayBuffer(headBytes + 8 * mean.length));
  view.setUint32(0, magic, true);
  view.setUint32(4, mean.length, true);
  for (let i = 0; i < mean.length; i++) {
    if (!Number.isFinite(mean[i]) || !(deviation[i]! >= 0 && deviation[i]! < Infinity))
      throw new RangeError(`normalizer: feature ${i}: mean ${mean[i]}, deviation ${deviation[i]}`);
    view.setFloat32(headBytes + 4 * i, mean[i]!, true);
    view.setFloat32(headBytes + 4 * (mean.length + i), deviation[i]!, true);
  }
  return new Uint8Array(view.buffer);
}

/** Features -> the int8 input of the network: ((x - mean) / deviation) / scale + zeroPoint, rounded half away from zero, clamped. */
export class Normalizer {
  readonly #mean: Float64Array;
  readonly #factor: Float64Array;
  readonly #zeroPoint: number;

  /**
   * @param count features per row
   * @param input how the network reads its input
   * @throws RangeError when the bytes are not a normalizer of so many features
   */
  constructor(bytes: ArrayBuffer, count: number, input: { scale: number; zeroPoint: number }) {
    const view = new DataView(bytes);
    if (view.byteLength < headBytes || view.getUint32(0, true) !== magic)
      throw new RangeError("normalizer.bin does not start with LNM1");
    if (view.getUint32(4, true) !== count || view.byteLength !== headBytes + 8 * count)
      throw new RangeError(
        `normalizer.bin has ${view.getUint32(4, true)} features in ${view.byteLength} bytes, the node has ${count}`,
      );
    this.#mean = new Float64Array(count);
    this.#factor = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      this.#mean[i] = view.getFloat32(headBytes + 4 * i, true);
      // A feature that was constant in training carries no information.
      const deviation = view.getFloat32(headBytes + 4 * (count + i), true);
      this.#factor[i] = deviation > 0 ? 1 / (deviation * input.scale) : 0;
    }
    this.#zeroPoint = input.zeroPoint;
  }

  /** Of whole rows: the values [from, to) of `rows` into those of `out`. */
  quantize(rows: Float32Array, out: Int8Array, from = 0, to = rows.length): void {
    const count = this.#mean.length;
    for (let at = from; at < to;) {
      for (let i = 0; i < count; i++, at++) {
        const value = (rows[at]! - this.#mean[i]!) * this.#factor[i]!;
        const whole = this.#zeroPoint + (value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5));
        out[at] = whole < -128 ? -128 : whole > 127 ? 127 : whole;
      }
    }
  }
}
