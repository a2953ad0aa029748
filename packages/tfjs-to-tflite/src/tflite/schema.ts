/** The parts of the TensorFlow Lite schema (version 3) that loam reads and writes. Operators and their options: graph/operators. */

export const tensorTypes = {
  FLOAT32: 0,
  FLOAT16: 1,
  INT32: 2,
  UINT8: 3,
  INT64: 4,
  STRING: 5,
  BOOL: 6,
  INT16: 7,
  COMPLEX64: 8,
  INT8: 9,
  FLOAT64: 10,
  COMPLEX128: 11,
  UINT64: 12,
  RESOURCE: 13,
  VARIANT: 14,
  UINT32: 15,
  UINT16: 16,
  INT4: 17,
  BFLOAT16: 18,
  INT2: 19,
  UINT4: 20,
  FLOAT8_E4M3FN: 21,
  FLOAT8_E5M2: 22,
} as const;
export type TensorType = keyof typeof tensorTypes;

/** Bytes an element; types that loam cannot hold are missing. */
export const elementBytes: Partial<Record<TensorType, number>> = {
  FLOAT32: 4,
  FLOAT16: 2,
  INT32: 4,
  UINT8: 1,
  INT64: 8,
  BOOL: 1,
  INT16: 2,
  COMPLEX64: 8,
  INT8: 1,
  FLOAT64: 8,
  COMPLEX128: 16,
  UINT64: 8,
  UINT32: 4,
  UINT16: 2,
  BFLOAT16: 2,
  FLOAT8_E4M3FN: 1,
  FLOAT8_E5M2: 1,
};

/** Bits an element of the types that are smaller than a byte: several share one. */
export const elementBits: Partial<Record<TensorType, number>> = { INT4: 4, INT2: 2, UINT4: 4 };

export const paddings = { SAME: 0, VALID: 1 } as const;
export const activations = { NONE: 0, RELU: 1, RELU_N1_TO_1: 2, RELU6: 3, TANH: 4, SIGN_BIT: 5 } as const;

export type ScalarKind = "int8" | "bool" | "int32" | "float32";
export type OptionField =
  | readonly [name: string, kind: ScalarKind | "int32s", byDefault: number]
  /** Left out where it is empty. */
  | readonly [name: string, kind: "text"];

/** A table in the schema's union BuiltinOptions: its number there, and its fields in the schema's order. */
export interface OptionTable {
  /** The table's name, without "Options". */
  type: string;
  union: number;
  fields: readonly OptionField[];
}

/** The tables that a reader and a writer know, by number and by name. */
export class OptionTables {
  readonly byUnion: ReadonlyMap<number, OptionTable>;
  readonly byType: ReadonlyMap<string, OptionTable>;

  constructor(tables: readonly OptionTable[]) {
    this.byUnion = new Map(tables.map((table) => [table.union, table]));
    this.byType = new Map(tables.map((table) => [table.type, table]));
  }
}
