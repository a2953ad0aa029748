import { sizeOf } from "../../../graph/graph.js";
import type { Place } from "./types.js";

/** A constant of its own: what one operator makes of a constant (its scale) says nothing of another's. Integers become real numbers. */
export function constantCopy({ builder }: Place, tensor: number): number {
  const { shape, data } = builder.graph.tensors[tensor]!;
  return data ? builder.constant("constant", shape, Float32Array.from(data)) : tensor;
}

/** The factor or offset of every channel, where a constant is one number or one number per channel (the last axis of `to`); else undefined. */
export function perChannel({ builder }: Place, tensor: number, to: readonly number[]): Float32Array | undefined {
  const { shape, data } = builder.graph.tensors[tensor]!;
  const channels = to.at(-1);
  if (!data || channels === undefined || shape.length > to.length) return undefined;
  if (data.length === 1) return new Float32Array(channels).fill(data[0]!);
  return shape.at(-1) === channels && sizeOf(shape) === channels ? Float32Array.from(data) : undefined;
}
