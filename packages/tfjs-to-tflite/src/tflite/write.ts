import { Builder, type Offset } from "flatbuffers";
import { UserError } from "../lib/errors.js";
import { withZip } from "../lib/zip.js";
import { float32, float32s, int32, int32s, int64s, int8, offset, offsets, table, type Put } from "./fields.js";
import type { Signature, Subgraph, TfliteModel, TfliteOperator, TfliteOptions, TfliteTensor } from "./model.js";
import { tensorTypes, type OptionTables } from "./schema.js";

/** Zero points already written, by their values; a FlatBuffer's tables may share a vector, and those of all symmetric weights are zeros. */
type ZeroPoints = Map<string, Offset>;
function sharedZeroPoints(builder: Builder, values: readonly number[], written: ZeroPoints): Offset {
  const key = values.join();
  if (!written.has(key)) written.set(key, int64s(builder, values));
  return written.get(key)!;
}
/** Data starts at a multiple of 16 in the file, so that a reader may use it in place. */
function data(builder: Builder, bytes: Uint8Array): Offset {
  builder.prep(16, bytes.length);
  return builder.createByteVector(bytes);
}

function writeOptions(builder: Builder, options: TfliteOptions, tables: OptionTables): { union: number; at: Offset } {
  const known = tables.byType.get(options.type);
  if (!known) throw new UserError(`cannot write operator options of type ${options.type}`);
  const puts = known.fields.map((field): Put | undefined => {
    const value = options[field[0]];
    if (value === undefined || value === "") return undefined;
    if (field[1] === "text") return offset(builder.createString(String(value)));
    const [, kind, byDefault] = field;
    if (Array.isArray(value)) return value.length === 0 ? undefined : offset(int32s(builder, value));
    const number = Number(value);
    return kind === "int32"
      ? int32(number, byDefault)
      : kind === "float32"
        ? float32(number, byDefault)
        : int8(number, byDefault);
  });
  return { union: known.union, at: table(builder, puts) };
}

function writeOperator(
  builder: Builder,
  { opcodeIndex, inputs, outputs, options, customOptions, intermediates }: TfliteOperator,
  tables: OptionTables,
): Offset {
  const written = options && writeOptions(builder, options, tables);
  const inputsAt = int32s(builder, inputs);
  const outputsAt = int32s(builder, outputs);
  const customAt = customOptions && data(builder, customOptions);
  const intermediatesAt = intermediates && int32s(builder, intermediates);
  return table(builder, [
    int32(opcodeIndex),
    offset(inputsAt),
    offset(outputsAt),
    written && int8(written.union),
    written && offset(written.at),
    customAt === undefined ? undefined : offset(customAt),
    ...(intermediatesAt === undefined ? [] : [undefined, undefined, offset(intermediatesAt)]),
  ]);
}

function writeTensor(builder: Builder, tensor: TfliteTensor, written: ZeroPoints): Offset {
  if (tensor.isSparse) throw new UserError(`tensor "${tensor.name}" is sparse: loam cannot write such a tensor`);
  let quantization: Offset | undefined;
  if (tensor.quantization) {
    const scale = float32s(builder, tensor.quantization.scale);
    const zeroPoint = sharedZeroPoints(builder, tensor.quantization.zeroPoint, written);
    const none = [undefined, undefined];
    quantization = table(builder, [
      ...none,
      offset(scale),
      offset(zeroPoint),
      ...none,
      int32(tensor.quantization.quantizedDimension),
    ]);
  }
  const name = builder.createString(tensor.name);
  const shape = int32s(builder, tensor.shape);
  return table(builder, [
    offset(shape),
    int8(tensorTypes[tensor.type]),
    int32(tensor.buffer),
    offset(name),
    quantization === undefined ? undefined : offset(quantization),
    tensor.isVariable ? int8(1) : undefined,
  ]);
}

function writeSubgraph(builder: Builder, subgraph: Subgraph, options: OptionTables): Offset {
  const written: ZeroPoints = new Map();
  const tensors = offsets(
    builder,
    subgraph.tensors.map((tensor) => writeTensor(builder, tensor, written)),
  );
  const operators = offsets(
    builder,
    subgraph.operators.map((operator) => writeOperator(builder, operator, options)),
  );
  const inputs = int32s(builder, subgraph.inputs);
  const outputs = int32s(builder, subgraph.outputs);
  const name = builder.createString(subgraph.name);
  return table(builder, [offset(tensors), offset(inputs), offset(outputs), offset(operators), offset(name)]);
}

/** The one byte that old readers look at; codes over 127 are only in the newer field (schema 3a). */
const deprecatedCode = (code: number): number => Math.min(code, 127);

function writeOperatorCode(
  builder: Builder,
  { builtinCode, customCode, version }: TfliteModel["operatorCodes"][number],
): Offset {
  const custom = customCode === undefined ? undefined : offset(builder.createString(customCode));
  return table(builder, [int8(deprecatedCode(builtinCode)), custom, int32(version, 1), int32(builtinCode)]);
}

/** Names by position become numbers of tensors. @throws UserError when there are more names than inputs or outputs */
function writeSignature(
  builder: Builder,
  { key, subgraph, inputs, outputs }: Signature,
  subgraphs: readonly Subgraph[],
): Offset {
  const maps = (names: readonly string[], tensors: readonly number[]): Offset =>
    offsets(
      builder,
      names.map((name, position) => {
        const tensor = tensors[position];
        if (tensor === undefined)
          throw new UserError(`signature "${key}" names ${names.length} tensors, the subgraph has ${tensors.length}`);
        const text = builder.createString(name);
        return table(builder, [offset(text), int32(tensor)]);
      }),
    );
  const inputsAt = maps(inputs, subgraphs[subgraph]?.inputs ?? []);
  const outputsAt = maps(outputs, subgraphs[subgraph]?.outputs ?? []);
  const keyAt = builder.createString(key);
  return table(builder, [offset(inputsAt), offset(outputsAt), offset(keyAt), undefined, int32(subgraph)]);
}

/** @param options the tables of operator options to write. @returns the bytes of a .tflite (schema version 3, identifier TFL3). Equal models give equal bytes. @throws UserError for what loam does not write: a sparse tensor, options that it does not know */
export function writeTfliteWith(options: OptionTables, model: TfliteModel): Uint8Array {
  const builder = new Builder(1024 + model.buffers.reduce((sum, buffer) => sum + buffer.length + 64, 0));
  const buffers = offsets(
    builder,
    model.buffers.map((bytes) => table(builder, [bytes.length === 0 ? undefined : offset(data(builder, bytes))])),
  );
  const metadata = offsets(
    builder,
    model.metadata.map(({ name, buffer }) => {
      const text = builder.createString(name);
      return table(builder, [offset(text), int32(buffer)]);
    }),
  );
  const codes = offsets(
    builder,
    model.operatorCodes.map((code) => writeOperatorCode(builder, code)),
  );
  const subgraphs = offsets(
    builder,
    model.subgraphs.map((subgraph) => writeSubgraph(builder, subgraph, options)),
  );
  const signatures =
    model.signatures &&
    offsets(
      builder,
      model.signatures.map((signature) => writeSignature(builder, signature, model.subgraphs)),
    );
  const description = builder.createString(model.description);
  const root = table(builder, [
    int32(model.version),
    offset(codes),
    offset(subgraphs),
    offset(description),
    offset(buffers),
    undefined,
    model.metadata.length > 0 ? offset(metadata) : undefined,
    signatures === undefined ? undefined : offset(signatures),
  ]);
  builder.finish(root, "TFL3");
  const bytes = builder.asUint8Array();
  return model.files ? withZip(bytes, model.files) : Uint8Array.from(bytes);
}
