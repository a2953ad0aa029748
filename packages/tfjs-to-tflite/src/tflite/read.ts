import { ByteBuffer } from "flatbuffers";
import { UserError } from "../lib/errors.js";
import { readZip } from "../lib/zip.js";
import type { Signature, Subgraph, TfliteModel, TfliteOperator, TfliteOptions, TfliteTensor } from "./model.js";
import { tensorTypes, type OptionField, type OptionTables, type TensorType } from "./schema.js";

const tensorTypeNames = new Map<number, TensorType>(
  Object.entries(tensorTypes).map(([name, code]) => [code, name as TensorType]),
);

/** A FlatBuffer table; a field's number is its place in the schema's table. Every offset is checked against the file's end. */
class Table {
  constructor(
    readonly bytes: ByteBuffer,
    readonly at: number,
  ) {
    this.#within(at, 4);
    const vtable = at - bytes.readInt32(at);
    this.#within(vtable, 4);
    this.#within(vtable, bytes.readUint16(vtable));
  }

  #within(at: number, length: number): number {
    if (!(at >= 0 && at + length <= this.bytes.capacity())) {
      throw new UserError(
        `truncated or corrupt .tflite: data at byte ${at} (${length} bytes long) lies outside the file's ${this.bytes.capacity()} bytes`,
      );
    }
    return at;
  }

  #field(number: number, length: number): number | undefined {
    const vtable = this.at - this.bytes.readInt32(this.at);
    const slot = 4 + 2 * number;
    const offset = slot + 2 <= this.bytes.readUint16(vtable) ? this.bytes.readUint16(vtable + slot) : 0;
    return offset === 0 ? undefined : this.#within(this.at + offset, length);
  }

  #follow(at: number): number {
    return this.#within(at + this.bytes.readUint32(at), 4);
  }

  #vector(number: number, elementBytes: number): { at: number; length: number } {
    const field = this.#field(number, 4);
    if (field === undefined) return { at: 0, length: 0 };
    const start = this.#follow(field);
    const length = this.bytes.readUint32(start);
    this.#within(start + 4, length * elementBytes);
    return { at: start + 4, length };
  }

  #each<T>(number: number, elementBytes: number, read: (at: number) => T): T[] {
    const { at, length } = this.#vector(number, elementBytes);
    return Array.from({ length }, (_, i) => read(at + i * elementBytes));
  }

  scalar(
    number: number,
    kind: "int8" | "uint8" | "bool" | "int32" | "uint32" | "float32" | "uint64",
    byDefault: number,
  ): number {
    const length = kind === "int8" || kind === "uint8" || kind === "bool" ? 1 : kind === "uint64" ? 8 : 4;
    const at = this.#field(number, length);
    if (at === undefined) return byDefault;
    switch (kind) {
      case "int8":
        return this.bytes.readInt8(at);
      case "uint8":
      case "bool":
        return this.bytes.readUint8(at);
      case "int32":
        return this.bytes.readInt32(at);
      case "uint32":
        return this.bytes.readUint32(at);
      case "float32":
        return this.bytes.readFloat32(at);
      case "uint64":
        return Number(this.bytes.readUint64(at));
    }
  }

  table(number: number): Table | undefined {
    const at = this.#field(number, 4);
    return at === undefined ? undefined : new Table(this.bytes, this.#follow(at));
  }

  tables(number: number): Table[] {
    return this.#each(number, 4, (at) => new Table(this.bytes, this.#follow(at)));
  }

  int32s(number: number): number[] {
    return this.#each(number, 4, (at) => this.bytes.readInt32(at));
  }

  int64s(number: number): number[] {
    return this.#each(number, 8, (at) => Number(this.bytes.readInt64(at)));
  }

  float32s(number: number): number[] {
    return this.#each(number, 4, (at) => this.bytes.readFloat32(at));
  }

  uint8s(number: number): Uint8Array {
    const { at, length } = this.#vector(number, 1);
    return Uint8Array.from(this.bytes.bytes().subarray(at, at + length));
  }

  text(number: number): string {
    return new TextDecoder().decode(this.uint8s(number));
  }
}

function readOptions(operator: Table, tables: OptionTables): TfliteOptions | undefined {
  const union = operator.scalar(3, "uint8", 0);
  const table = operator.table(4);
  if (union === 0 || !table) return undefined;
  const known = tables.byUnion.get(union);
  if (!known) return { type: `#${union}` };
  const read = (field: OptionField, number: number): number | number[] | string => {
    if (field[1] === "text") return table.text(number);
    return field[1] === "int32s" ? table.int32s(number) : table.scalar(number, field[1], field[2]);
  };
  return {
    type: known.type,
    ...Object.fromEntries(known.fields.map((field, number) => [field[0], read(field, number)])),
  };
}

function readOperator(table: Table, tables: OptionTables): TfliteOperator {
  const options = readOptions(table, tables);
  const customOptions = table.uint8s(5);
  const intermediates = table.int32s(8);
  return {
    opcodeIndex: table.scalar(0, "uint32", 0),
    inputs: table.int32s(1),
    outputs: table.int32s(2),
    ...(options && { options }),
    ...(customOptions.length > 0 && { customOptions }),
    ...(intermediates.length > 0 && { intermediates }),
  };
}

function readTensor(table: Table): TfliteTensor {
  const code = table.scalar(1, "int8", 0);
  const type = tensorTypeNames.get(code);
  const name = table.text(3);
  if (!type) throw new UserError(`tensor "${name}" has type ${code}, which loam does not know`);
  const quantization = table.table(4);
  const scale = quantization?.float32s(2) ?? [];
  return {
    name,
    type,
    shape: table.int32s(0),
    buffer: table.scalar(2, "uint32", 0),
    ...(table.scalar(5, "bool", 0) !== 0 && { isVariable: true }),
    ...(table.table(6) && { isSparse: true }),
    ...(quantization &&
      scale.length > 0 && {
        quantization: {
          scale,
          zeroPoint: quantization.int64s(3),
          quantizedDimension: quantization.scalar(6, "int32", 0),
        },
      }),
  };
}

const readSubgraph = (table: Table, options: OptionTables): Subgraph => ({
  name: table.text(4),
  tensors: table.tables(0).map(readTensor),
  inputs: table.int32s(1),
  outputs: table.int32s(2),
  operators: table.tables(3).map((operator) => readOperator(operator, options)),
});

/** Where in the file the data of a buffer is when it is behind the FlatBuffer; 1 stands for a place that is not known yet. */
function placeOutside(buffer: Table): { at: number; length: number } | undefined {
  const at = buffer.scalar(1, "uint64", 0);
  return at > 1 ? { at, length: buffer.scalar(2, "uint64", 0) } : undefined;
}

function readBuffer(buffer: Table, number: number, file: Uint8Array): Uint8Array {
  const outside = placeOutside(buffer);
  if (!outside) return buffer.uint8s(0);
  const { at, length } = outside;
  if (at + length > file.length)
    throw new UserError(
      `buffer ${number} is to be ${length} bytes at byte ${at}, behind the FlatBuffer; the file has ${file.length} bytes`,
    );
  return Uint8Array.from(file.subarray(at, at + length));
}

/** Of a signature whose tensors are not the subgraph's inputs and outputs, which a file may have by mistake, those are named as they are. */
function readSignature(table: Table, subgraphs: readonly Subgraph[]): Signature {
  const subgraph = table.scalar(4, "uint32", 0);
  const names = (field: number, tensors: readonly number[]): string[] => {
    const given = new Map(table.tables(field).map((map) => [map.scalar(1, "uint32", 0), map.text(0)]));
    return tensors.map((tensor) => given.get(tensor) ?? subgraphs[subgraph]?.tensors[tensor]?.name ?? "");
  };
  const { inputs = [], outputs = [] } = subgraphs[subgraph] ?? {};
  return { key: table.text(2), subgraph, inputs: names(0, inputs), outputs: names(1, outputs) };
}

/** @param options the tables of operator options to read; others are named by number. @throws UserError when the bytes are no .tflite, or end before what they promise. Numbers of tensors and buffers are not followed. */
export function readTfliteWith(options: OptionTables, bytes: Uint8Array): TfliteModel {
  const identifier = bytes.length >= 8 ? String.fromCharCode(...bytes.subarray(4, 8)) : "";
  if (identifier !== "TFL3")
    throw new UserError(
      `not a .tflite: bytes 4 to 7 should be "TFL3", they are ${JSON.stringify(identifier)} (the file has ${bytes.length} bytes)`,
    );
  const buffer = new ByteBuffer(bytes);
  const model = new Table(buffer, buffer.readUint32(0));
  const buffers = model.tables(4);
  const outside = buffers.flatMap((table, number) => (placeOutside(table) ? [number] : []));
  const subgraphs = model.tables(2).map((subgraph) => readSubgraph(subgraph, options));
  const signatures = model.tables(7).map((signature) => readSignature(signature, subgraphs));
  const files = readZip(bytes);
  return {
    version: model.scalar(0, "uint32", 0),
    description: model.text(3),
    operatorCodes: model.tables(1).map((code) => {
      const customCode = code.text(1);
      return {
        builtinCode: Math.max(code.scalar(0, "int8", 0), code.scalar(3, "int32", 0)),
        version: code.scalar(2, "int32", 1),
        ...(customCode && { customCode }),
      };
    }),
    subgraphs,
    buffers: buffers.map((table, number) => readBuffer(table, number, bytes)),
    ...(outside.length > 0 && { outside }),
    ...(signatures.length > 0 && { signatures }),
    ...(files.length > 0 && { files }),
    metadata: model.tables(6).map((table) => ({ name: table.text(0), buffer: table.scalar(1, "uint32", 0) })),
  };
}
