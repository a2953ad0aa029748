import { profileBytes } from "./codec/package.js";
import { decodeUtf8, encodeUtf8, isUtf8Of } from "./codec/utf8.js";

/**
 * "LNM3", number of features (uint32), then mean and deviation of each (float32), little-endian, the beginning of the SHA-256 of the profile of the node
 * that the network was trained for, then the names of features and classes as JSON: the file beside the model. "LNM2" has no profile, "LNM1" no names either.
 */
const magic = 0x334d4e4c;
const magicWithoutProfile = 0x324d4e4c;
const magicWithoutNames = 0x314d4e4c;
const headBytes = 8;

/** What a network was trained for, in its order. */
export interface NetworkNames {
  readonly features: readonly string[];
  readonly classes: readonly string[];
}

/**
 * The bytes of a normalizer. Pure, for the trainer.
 * @param profile of the node, `profileBytes` of them
 * @throws RangeError when the lists differ in length or hold a value that is not finite
 */
export function encodeNormalizer(
  mean: ArrayLike<number>,
  deviation: ArrayLike<number>,
  names?: NetworkNames,
  profile: Uint8Array = new Uint8Array(0),
): Uint8Array {
  if (mean.length !== deviation.length)
    throw new RangeError(`normalizer: ${mean.length} means, ${deviation.length} deviations`);
  const text = names ? encodeUtf8(textOf(names)) : new Uint8Array(0);
  const before = names ? profile.length : 0;
  const bytes = new Uint8Array(headBytes + 8 * mean.length + before + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, before > 0 ? magic : names ? magicWithoutProfile : magicWithoutNames, true);
  view.setUint32(4, mean.length, true);
  for (let i = 0; i < mean.length; i++) {
    if (!Number.isFinite(mean[i]) || !(deviation[i]! >= 0 && deviation[i]! < Infinity))
      throw new RangeError(`normalizer: feature ${i}: mean ${mean[i]}, deviation ${deviation[i]}`);
    view.setFloat32(headBytes + 4 * i, mean[i]!, true);
    view.setFloat32(headBytes + 4 * (mean.length + i), deviation[i]!, true);
  }
  if (before > 0) bytes.set(profile, headBytes + 8 * mean.length);
  bytes.set(text, headBytes + 8 * mean.length + before);
  return bytes;
}

const textOf = ({ features, classes }: NetworkNames): string => JSON.stringify([features, classes]);

/** Whether a normalizer has names. */
export const isNamed = (bytes: Uint8Array): boolean =>
  bytes.length >= headBytes && (bytes[3] === magic >> 24 || bytes[3] === magicWithoutProfile >> 24);

/** Where the values end. */
const valuesEnd = (bytes: Uint8Array): number =>
  headBytes + 8 * new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true);

/** Where the names begin. */
const namesAt = (bytes: Uint8Array): number => valuesEnd(bytes) + (bytes[3] === magic >> 24 ? profileBytes : 0);

/** The profile of the node that the network was trained for; undefined: the normalizer does not say. Not checked by the node: a package has it, too. */
export const profileIn = (bytes: Uint8Array): Uint8Array | undefined =>
  bytes.length >= headBytes && bytes[3] === magic >> 24
    ? bytes.slice(valuesEnd(bytes), valuesEnd(bytes) + profileBytes)
    : undefined;

/** The names in a normalizer; undefined: it has none. @throws RangeError for what is no normalizer */
export function namesOf(bytes: Uint8Array): NetworkNames | undefined {
  if (!isNamed(bytes)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeUtf8(bytes.slice(namesAt(bytes))) ?? "");
  } catch {
    parsed = undefined;
  }
  const isList = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((name) => typeof name === "string");
  if (!Array.isArray(parsed) || !isList(parsed[0]) || !isList(parsed[1]))
    throw new RangeError("normalizer.bin: its names cannot be read");
  return { features: parsed[0], classes: parsed[1] };
}

/** @throws RangeError naming the first one that is another, when a named normalizer's network was trained for other features or classes */
export function requireNames(bytes: Uint8Array, names: NetworkNames): void {
  if (isUtf8Of(textOf(names), bytes, namesAt(bytes))) return;
  const given = namesOf(bytes);
  for (const what of ["classes", "features"] as const)
    for (let i = 0; i < names[what].length || i < (given?.[what].length ?? 0); i++)
      if (given?.[what][i] !== names[what][i])
        throw new RangeError(
          `the network's ${what}: number ${i} is ${given?.[what][i] ?? "missing"}, of the node ${names[what][i] ?? "missing"}`,
        );
  throw new RangeError("normalizer.bin: its names are written in another way");
}

/** Features -> the int8 input of the network: ((x - mean) / deviation) / scale + zeroPoint, rounded half away from zero, clamped. */
export class Normalizer {
  readonly #mean: Float64Array;
  readonly #factor: Float64Array;
  readonly #zeroPoint: number;

  /**
   * @param count features per row
   * @param input how the network reads its input
   * @throws RangeError when the bytes are not a normalizer of so many features, or hold a value that is not finite
   */
  constructor(bytes: ArrayBuffer, count: number, input: { scale: number; zeroPoint: number }) {
    const view = new DataView(bytes);
    const kind = view.byteLength < headBytes ? 0 : view.getUint32(0, true);
    if (kind !== magic && kind !== magicWithoutProfile && kind !== magicWithoutNames)
      throw new RangeError("normalizer.bin does not start with LNM3, LNM2 or LNM1");
    const named = view.byteLength - headBytes - 8 * count;
    if (view.getUint32(4, true) !== count || named < 0 || (kind === magicWithoutNames && named > 0))
      throw new RangeError(
        `normalizer.bin has ${view.getUint32(4, true)} features in ${view.byteLength} bytes, the node has ${count}`,
      );
    this.#mean = new Float64Array(count);
    this.#factor = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const mean = view.getFloat32(headBytes + 4 * i, true);
      const deviation = view.getFloat32(headBytes + 4 * (count + i), true);
      // With them a feature would be the same in every window, and verdicts wrong without a word.
      if (!(Math.abs(mean) < Infinity && deviation >= 0 && deviation < Infinity))
        throw new RangeError(`normalizer.bin: feature ${i} has mean ${mean}, deviation ${deviation}`);
      this.#mean[i] = mean;
      // A feature that was constant in training carries no information.
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
