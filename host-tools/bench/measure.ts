import path from "node:path";
import { engineText, FailedBuild, isBoard, runModel, type Engine, type Target } from "../board/index.js";
import { withAdvice } from "../inference/advice.js";
import { macsOf } from "../inference/index.js";
import { allSubgraphs, operatorNames, tensorBytes } from "../inference/graph.js";
import { fnv1a32 } from "../inference/hash.js";
import { optionalTypes, typesDefines } from "../inference/operators.js";
import { writePrepared, writeWithoutTable } from "../inference/prepared.js";
import { checkExternal } from "../inference/externalInputs.js";
import { readModel } from "../inference/readModel.js";
import { MissingTool, UserError } from "../lib/errors.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { seededInputs } from "./input.js";

export interface BenchOperator {
  index: number;
  operator: string;
  shape: number[];
  macs: number;
  /** Instructions on a board, nanoseconds on the host. */
  count: number;
  /** FNV-1a-32 of the output's bytes, 8 hexadecimal digits. */
  hash: string;
}

/** What micro takes to start, in instructions, in the least arena. */
export interface BenchLoad {
  /** Bytes of the prepared table in the file. */
  table: number;
  /** Of a load, with the table. */
  prepared: number;
  /** Of a load and of the invoke after it, without the table. */
  plain: number;
  plainInvoke: number;
}

export interface Bench {
  model: string;
  engine: Engine;
  target: Target;
  macs: number;
  /** Of one invoke: instructions on a board, nanoseconds on the host (the best of five). */
  count: number;
  countPerMac: number;
  /** Bytes of arena in total. */
  arena: number;
  modelBytes: number;
  /** Of micro on a board. */
  load?: BenchLoad;
  /** Bytes of code and constants with all operators, and with those of this model. */
  text?: { all: number; model: number };
  /** FNV-1a-32 of the bytes of all outputs, 8 hexadecimal digits. */
  hash: string;
  /** The operators that INFERENCE_OPERATORS must list for this model. */
  operatorsUsed: string[];
  /** What else such a build must define. */
  defines: string[];
  operators: BenchOperator[];
}

/** Bytes between boardInputs and boardArena (the boards' linker scripts). */
const maxInputBytes = 1 << 24;

export interface MeasureOptions {
  /** Also of the code, which takes two builds. */
  sizes?: boolean;
  /** The inputs that are not in the arena, by number. Default none. */
  external?: readonly number[];
  /** Others than micro are for the rv32 board, with all inputs in the arena. Default micro. */
  engine?: Engine;
}

/**
 * Runs a model on seeded input bytes, with its prepared table in the file as `loam plan` writes it.
 * @throws UserError naming the file when the engine refuses it, MissingTool without the board's packages
 */
export async function measure(file: string, target: Target, options: MeasureOptions = {}): Promise<Bench> {
  const { bytes, model } = await readModel(file);
  try {
    checkExternal(model, options.external ?? []);
    const { engine = "micro" } = options;
    const prepared = engine === "micro" ? await writePrepared(model) : { bytes, table: 0 };
    const bench = await measureModel(file, prepared.bytes, bytes.length, model, target, options);
    if (engine !== "micro" || !isBoard(target)) return bench;
    return { ...bench, load: await measureLoad(model, prepared, bench.arena, target, options) };
  } catch (error) {
    throw error instanceof UserError && !(error instanceof MissingTool || error instanceof FailedBuild)
      ? new UserError(`${file}: ${options.engine ? error.message : await withAdvice(error, model, bytes)}`)
      : error;
  }
}

const inputsOf = (model: TfliteModel): Uint8Array => {
  const { tensors, inputs } = allSubgraphs(model)[0];
  return seededInputs(
    1,
    inputs.map((input) => tensors[input]!),
  );
};

async function measureLoad(
  model: TfliteModel,
  prepared: { bytes: Uint8Array; table: number },
  arena: number,
  target: Target,
  { external = [] }: MeasureOptions,
): Promise<BenchLoad> {
  const options = { target, arena, external };
  const plain = await runModel(writeWithoutTable(model), [inputsOf(model)], options);
  return {
    table: prepared.table,
    prepared: (await runModel(prepared.bytes, [], options)).load,
    plain: plain.load,
    plainInvoke: plain.runs[0]!.count,
  };
}

async function measureModel(
  file: string,
  bytes: Uint8Array,
  modelBytes: number,
  model: TfliteModel,
  target: Target,
  { sizes = isBoard(target), external = [], engine = "micro" }: MeasureOptions,
  arena = 1 << 20,
): Promise<Bench> {
  const graphs = allSubgraphs(model);
  const [graph] = graphs;
  const { tensors, inputs, operators } = graph;
  const names = operatorNames(model, graph);
  const given = inputs.map((input) => tensors[input]!);
  const size = given.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
  if (size > maxInputBytes)
    throw new UserError(
      `${size.toLocaleString("en-US")} bytes of input, at most ${maxInputBytes.toLocaleString("en-US")} expected`,
    );
  // On the board every run takes the same number of instructions; on the host the fastest of five is the least disturbed.
  const runs = isBoard(target) ? 1 : 5;
  const result = await runModel(bytes, Array(runs).fill(inputsOf(model)), {
    engine,
    target,
    trace: true,
    arena,
    external,
  });
  if (result.error)
    throw new UserError(
      [
        result.error.text.replace(/^UNKNOWN #/, `${names[result.error.operatorIndex] ?? "UNKNOWN"} #`),
        ...result.log,
      ].join("; "),
    );
  const best = result.runs.reduce((a, b) => (b.count < a.count ? b : a));
  const rows = best.operators.map(({ index, count, hash }): BenchOperator => {
    const operator = operators[index]!;
    return {
      index,
      operator: names[index]!,
      shape: tensors[operator.outputs[0] ?? -1]?.shape ?? [],
      macs: macsOf(names[index]!, operator, tensors),
      count,
      hash,
    };
  });
  const macs = rows.reduce((sum, row) => sum + row.macs, 0);
  const operatorsUsed = [...new Set(graphs.flatMap((each) => operatorNames(model, each)))].sort();
  const defines = typesDefines(optionalTypes([model]));
  const text =
    sizes && isBoard(target)
      ? {
          all: await engineText({ engine }, target),
          model: await engineText({ engine, operators: operatorsUsed, defines }, target),
        }
      : undefined;
  return {
    model: path.basename(file, ".tflite"),
    engine,
    target,
    macs,
    count: best.count,
    countPerMac: best.count / Math.max(1, macs),
    arena: result.arena,
    modelBytes,
    ...(text ? { text } : {}),
    hash: fnv1a32(Buffer.from(best.outputs.join(""), "hex"))
      .toString(16)
      .padStart(8, "0"),
    operatorsUsed,
    defines,
    operators: rows,
  };
}
