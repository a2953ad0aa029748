import { constantIntegers, refuseNode, type Place } from "./types.js";

interface Range {
  begin: number;
  length: number;
  stride: number;
}

const bit = (mask: number, at: number): boolean => (mask & (1 << at)) !== 0;

/** The part of an axis of `size` that a slice from begin to end takes; an open end is undefined. */
function rangeOf(size: number, stride: number, from: number | undefined, to: number | undefined): Range {
  const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
  const within = (value: number): number => Math.max(low, Math.min(high, value < 0 ? value + size : value));
  const begin = from === undefined ? (stride > 0 ? 0 : size - 1) : within(from);
  const end = to === undefined ? (stride > 0 ? size : -1) : within(to);
  return { begin, length: Math.max(0, Math.ceil((end - begin) / stride)), stride };
}

/**
 * A StridedSlice with its masks resolved (tensorflow/core/util/strided_slice_op.cc): what it takes of each axis, and the shape of the result.
 * @throws UserError for strides that are negative
 */
export function stridedRanges(place: Place, shape: readonly number[]): { ranges: Range[]; out: number[] } {
  const [begins, ends, strides] = ["begin", "end", "strides"].map((what, i) =>
    constantIntegers(place, i + 1, what),
  ) as [number[], number[], number[]];
  const mask = (name: string): number => place.attributes.number(`${name}_mask`);
  const [beginMask, endMask, ellipsis, newAxis, shrink] = ["begin", "end", "ellipsis", "new_axis", "shrink_axis"].map(
    mask,
  ) as [number, number, number, number, number];
  const ranges: Range[] = [];
  const out: number[] = [];
  const whole = (size: number): void => {
    ranges.push({ begin: 0, length: size, stride: 1 });
    out.push(size);
  };
  begins.forEach((begin, at) => {
    if (bit(ellipsis, at)) {
      const later = begins.slice(at + 1).filter((_, i) => !bit(newAxis, at + 1 + i)).length;
      while (ranges.length < shape.length - later) whole(shape[ranges.length]!);
    } else if (bit(newAxis, at)) {
      out.push(1);
    } else {
      const size = shape[ranges.length]!;
      if (bit(shrink, at)) {
        ranges.push({ begin: begin < 0 ? begin + size : begin, length: 1, stride: 1 });
        return;
      }
      const range = rangeOf(
        size,
        strides[at]!,
        bit(beginMask, at) ? undefined : begin,
        bit(endMask, at) ? undefined : ends[at]!,
      );
      if (range.stride < 0)
        refuseNode(
          place,
          `its stride along axis ${ranges.length} is ${range.stride}`,
          "strides from the first to the last",
        );
      ranges.push(range);
      out.push(range.length);
    }
  });
  while (ranges.length < shape.length) whole(shape[ranges.length]!);
  return { ranges, out };
}
