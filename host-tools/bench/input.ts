import { tensorBytes } from "../inference/graph.js";
import type { TfliteTensor } from "tfjs-to-tflite/tflite/index.js";

/** Byte i is the top byte of the i-th step of s = s * 1664525 + 1013904223 (mod 2^32), starting from the seed. */
export function seededInput(seed: number, bytes: number): Uint8Array {
  const input = new Uint8Array(bytes);
  let state = seed >>> 0;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    input[i] = state >>> 24;
  }
  return input;
}

/** Seeded bytes for all input tensors, one after the other; those of float tensors are numbers in [-1, 1), because C does not say what a conversion to integers makes of others. */
export function seededInputs(seed: number, tensors: readonly TfliteTensor[]): Uint8Array {
  const sizes = tensors.map(tensorBytes);
  const input = seededInput(
    seed,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  const view = new DataView(input.buffer);
  let start = 0;
  for (const [i, { type }] of tensors.entries()) {
    const end = start + sizes[i]!;
    if (type === "FLOAT32")
      for (let at = start; at < end; at += 4) view.setFloat32(at, view.getInt32(at, true) / 2 ** 31, true);
    start = end;
  }
  return input;
}
