/** Tables and vectors of FlatBuffers, by the numbers of their fields: the parts of a writer without generated code. */
import type { Builder, Offset } from "flatbuffers";

/** A field that was written before its table: where it is, and how it goes in. */
export type Put = (builder: Builder, field: number) => void;

export const offset =
  (value: Offset): Put =>
  (builder, field) =>
    builder.addFieldOffset(field, value, 0);
export const int32 =
  (value: number, byDefault = 0): Put =>
  (builder, field) =>
    builder.addFieldInt32(field, value, byDefault);
export const int8 =
  (value: number, byDefault = 0): Put =>
  (builder, field) =>
    builder.addFieldInt8(field, value, byDefault);
export const float32 =
  (value: number, byDefault = 0): Put =>
  (builder, field) =>
    builder.addFieldFloat32(field, value, byDefault);

/** Fields by their number; undefined ones are left out and read as their default. */
export function table(builder: Builder, fields: (Put | undefined)[]): Offset {
  builder.startObject(fields.length);
  fields.forEach((put, field) => put?.(builder, field));
  return builder.endObject();
}

/** From the last to the first, as FlatBuffers are built. */
function vector<T>(
  builder: Builder,
  values: readonly T[],
  elementBytes: number,
  alignment: number,
  add: (value: T) => void,
): Offset {
  builder.startVector(elementBytes, values.length, alignment);
  for (let i = values.length - 1; i >= 0; i--) add(values[i]!);
  return builder.endVector();
}
export const offsets = (builder: Builder, values: readonly Offset[]): Offset =>
  vector(builder, values, 4, 4, (value) => builder.addOffset(value));
export const int32s = (builder: Builder, values: readonly number[]): Offset =>
  vector(builder, values, 4, 4, (value) => builder.addInt32(value));
export const int64s = (builder: Builder, values: readonly number[]): Offset =>
  vector(builder, values, 8, 8, (value) => builder.addInt64(BigInt(value)));

export const float32s = (builder: Builder, values: readonly number[]): Offset =>
  vector(builder, values, 4, 4, (value) => builder.addFloat32(value));

/** The text's offset; undefined for one that is left out. */
export const text = (builder: Builder, value: string | undefined): Put | undefined =>
  value === undefined ? undefined : offset(builder.createString(value));
