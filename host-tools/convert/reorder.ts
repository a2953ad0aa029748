import { sizeOf } from "../graph/graph.js";

/** Moves weights to another order of axes: result axis i is source axis order[i]. */
export function reorder(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const target = order.map((axis) => shape[axis]!);
  const result = new Float32Array(data.length);
  const index = target.map(() => 0);
  for (let at = 0; at < result.length; at++) {
    result[at] = data[index.reduce((sum, n, axis) => sum + n * strides[order[axis]!]!, 0)]!;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis] !== target[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}
