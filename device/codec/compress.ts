import type { FeatureWindow } from "./types.js";

/** One way to make a window smaller: average `pool` frames into one, keep `bits` of each value. */
export interface WindowForm {
  pool: number;
  bits: 8 | 4;
}

/** Bytes of a window's data in a form: 4-bit values share bytes, two each. */
export function formBytes(frames: number, features: number, form: WindowForm): number {
  const values = Math.ceil(frames / form.pool) * features;
  return form.bits === 8 ? values : (values + 1) >> 1;
}

/** Writes `window` into `bytes` at `offset` in `form`. The last group of frames may be shorter than `pool`. */
export function packWindow(window: FeatureWindow, form: WindowForm, bytes: Uint8Array, offset: number): void {
  let index = 0;
  for (let frame = 0; frame < window.frames; frame += form.pool) {
    for (let feature = 0; feature < window.features; feature++, index++) {
      const value = pooled(window, frame, feature, form.pool);
      if (form.bits === 8) bytes[offset + index] = value;
      else bytes[offset + (index >> 1)]! |= ((value >> 4) & 15) << (index & 1 ? 0 : 4);
    }
  }
}

/** The inverse of packWindow, up to what was averaged and rounded away: every frame of a group gets the group's value. */
export function unpackWindow(
  bytes: Uint8Array,
  offset: number,
  frames: number,
  features: number,
  form: WindowForm,
): Int8Array {
  const data = new Int8Array(frames * features);
  for (let frame = 0; frame < frames; frame++) {
    const group = Math.floor(frame / form.pool);
    for (let feature = 0; feature < features; feature++) {
      const index = group * features + feature;
      data[frame * features + feature] =
        form.bits === 8 ? bytes[offset + index]! : widen(bytes[offset + (index >> 1)]! >> (index & 1 ? 0 : 4));
    }
  }
  return data;
}

/** The form that fits `room` bytes with the smallest sum of squared errors; undefined when none fits. */
export function bestForm(window: FeatureWindow, room: number): WindowForm | undefined {
  let best: WindowForm | undefined;
  let least = Infinity;
  for (const bits of [8, 4] as const) {
    // More averaging never reduces the error, so the first pool that fits is this bit depth's candidate.
    for (let pool = 1; pool <= window.frames; pool++) {
      const form = { pool, bits };
      if (formBytes(window.frames, window.features, form) > room) continue;
      const lost = loss(window, form, least);
      if (lost < least) {
        least = lost;
        best = form;
      }
      break;
    }
  }
  return best;
}

function loss(window: FeatureWindow, form: WindowForm, stopAt: number): number {
  let sum = 0;
  for (let frame = 0; frame < window.frames && sum < stopAt; frame += form.pool) {
    const end = Math.min(frame + form.pool, window.frames);
    for (let feature = 0; feature < window.features; feature++) {
      let value = pooled(window, frame, feature, form.pool);
      if (form.bits === 4) value = widen(value >> 4);
      for (let i = frame; i < end; i++) sum += (window.data[i * window.features + feature]! - value) ** 2;
    }
  }
  return sum;
}

function pooled(window: FeatureWindow, frame: number, feature: number, pool: number): number {
  const end = Math.min(frame + pool, window.frames);
  let sum = 0;
  for (let i = frame; i < end; i++) sum += window.data[i * window.features + feature]!;
  return Math.round(sum / (end - frame));
}

/** The middle of the sixteen int8 values that share these upper four bits. */
function widen(nibble: number): number {
  return ((nibble << 28) >> 24) + 8;
}
