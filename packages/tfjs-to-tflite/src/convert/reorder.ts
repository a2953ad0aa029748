import { sizeOf } from "../graph/graph.js";

const known = new WeakMap<Float32Array, Map<string, Float32Array>>();

/** Moves weights to another order of axes: result axis i is source axis order[i]. The same weights in the same order are the same array, so that they come into a file once. */
export function reorder(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const orders = known.get(data) ?? new Map<string, Float32Array>();
  known.set(data, orders);
  const key = `${shape.join()} ${order.join()}`;
  const result = orders.get(key) ?? reordered(data, shape, order);
  orders.set(key, result);
  return result;
}

function reordered(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
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
