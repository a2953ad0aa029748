import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { openArrayFile } from "tfjs-to-tflite/graph/arrayFile.js";
import { npyOf } from "tfjs-to-tflite/graph/npy.js";
import { backends, infer, type Backend, type InferResult } from "../inference/index.js";
import { allSubgraphs, tensorBytes } from "../inference/graph.js";
import { checkExternal } from "../inference/externalInputs.js";
import { withAdvice } from "../inference/advice.js";
import { readModel } from "../inference/readModel.js";
import { bytesOf, numbersOf, runsOf } from "../inference/realNumbers.js";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { npyKind, rawKind } from "../lib/fileKinds.js";
import { collect } from "../lib/numbers.js";
import { writeOutputs } from "../lib/outputs.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import type { TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { externalInputOption } from "./externalInput.js";

interface Options {
  input: string[];
  output?: string[];
  backend: Backend;
  arena?: number;
  trace?: boolean;
  reset?: boolean;
  externalInput: number[];
  force?: boolean;
  json?: boolean;
}

/** A model's inputs or outputs. */
type Ends = readonly TfliteTensor[];

function parseBytes(text: string): number {
  const bytes = Number(text);
  if (!(Number.isInteger(bytes) && bytes > 0)) throw new InvalidArgumentError("a number of bytes above 0 expected");
  return bytes;
}

/** Files of real numbers, which have one tensor each; others hold raw bytes, of all tensors. */
const isArray = (file: string): boolean => /\.(npy|json|csv)$/i.test(file);

/** Whether an option's files are arrays, one for each of `ends`. @throws UserError when they are neither that nor one raw file */
function areArrays(option: string, files: readonly string[], ends: Ends, what: string): boolean {
  const arrays = files.filter(isArray);
  if (arrays.length === 0 && files.length === 1) return false;
  const names = ends.map(({ name }) => `"${name}"`).join(", ");
  if (arrays.length !== files.length || files.length !== ends.length)
    throw new UserError(
      `${option} ${files.join(` ${option} `)}: one .npy file for each of the model's ${ends.length} ${what} is expected, in order (${names}), or one file of raw bytes of all`,
    );
  return true;
}

/** Splits raw bytes into runs and tensors. */
function splitInput(bytes: Uint8Array, sizes: number[], file: string): Uint8Array[][] {
  const each = sizes.reduce((sum, size) => sum + size, 0);
  if (each === 0) throw new UserError("the model has no input: its inputs have no elements");
  if (bytes.length === 0 || bytes.length % each !== 0)
    throw new UserError(
      `${file} has ${bytes.length} bytes; the model takes ${sizes.join(" + ")} bytes per run, so a multiple of ${each} is expected`,
    );
  return Array.from({ length: bytes.length / each }, (_, run) => {
    let at = run * each;
    return sizes.map((size) => bytes.subarray(at, (at += size)));
  });
}

/** Real numbers as each run's bytes, which are all that stays in memory: of int8 a quarter of a file of float32. */
async function readArrays(files: readonly string[], tensors: Ends): Promise<Uint8Array[][]> {
  const inputs = await Promise.all(
    files.map(async (file, i) => {
      const runs: Uint8Array[] = [];
      for await (const numbers of runsOf(tensors[i]!, await openArrayFile(file), file))
        runs.push(bytesOf(tensors[i]!, numbers));
      return runs;
    }),
  );
  const counts = inputs.map((runs) => runs.length);
  if (counts.some((count) => count !== counts[0]))
    throw new UserError(`--input: ${counts.join(", ")} runs; every input needs as many as the others`);
  return inputs[0]!.map((_, run) => inputs.map((runs) => runs[run]!));
}

/** One array file of each output, [runs, ...]. */
const arraysOf = (results: InferResult[], tensors: Ends): Buffer[] =>
  tensors.map((tensor, which) => {
    const runs = results.map(({ outputs }) => numbersOf(tensor, outputs[which]!));
    const data = new Float32Array(runs.length * runs[0]!.length);
    runs.forEach((run, i) => data.set(run, i * run.length));
    return npyOf([runs.length, ...(tensor.shape[0] === 1 ? tensor.shape.slice(1) : tensor.shape)], data);
  });

/** @param tensors the outputs, when they are shown as real numbers */
function show(results: InferResult[], { json, output, backend }: Options, tensors: Ends | undefined): void {
  const shown = (bytes: Uint8Array, which: number): string | number[] =>
    tensors ? [...numbersOf(tensors[which]!, bytes)] : Buffer.from(bytes).toString("hex");
  if (json) {
    const runs = results.map(({ outputs, trace }) => ({ outputs: outputs.map(shown), ...(trace && { trace }) }));
    process.stdout.write(`${JSON.stringify({ backend, arenaUsed: results[0]?.arenaUsed, runs })}\n`);
    return;
  }
  const text = (bytes: Uint8Array, which: number): string => {
    const value = shown(bytes, which);
    return typeof value === "string" ? value : value.map((number) => String(Number(number.toPrecision(7)))).join(" ");
  };
  const lines = results.flatMap(({ outputs, trace }, run) => [
    ...(trace && results.length > 1 ? [`run ${run}`] : []),
    ...(trace ?? []).map(
      ({ index, operator, shape, hash }) => `${index} ${operator} ${shape.join("x") || "scalar"} ${hash}`,
    ),
    ...(output || trace ? [] : [outputs.map(text).join(tensors ? " | " : " ")]),
  ]);
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

export default new Command("infer")
  .description(
    "Run a model with the device's engine, TensorFlow Lite Micro or TensorFlow Lite: on real numbers (.npy), which are quantized and dequantized with the model's scales, or on raw bytes.",
  )
  .argument("<model>", ".tflite file")
  .requiredOption(
    "--input <file>",
    "real numbers: .npy (or .json, .csv), [runs, ...], one file per input, in order; any other file: raw bytes of the input tensors, one after the other, several runs when the file is a multiple of their size",
    collect,
  )
  .option(
    "--output <file>",
    "file for the outputs: .npy for real numbers, one per output, in order; any other: raw bytes of the output tensors (default: printed, real numbers when the input is, else in hexadecimal)",
    collect,
  )
  .addOption(new Option("--backend <name>", "inference backend").choices([...backends]).default("micro"))
  .option("--arena <bytes>", "arena for micro and tflm (default: 16 MiB)", parseBytes)
  .option("--trace", "one line `index operator shape hash` per operator; the hash is FNV-1a-32 of its first output")
  .option("--reset", "bring variables and states back to their first values before each run (tflite: states only)")
  .addOption(externalInputOption())
  .addOption(forceOption())
  .option("--json", "print the results as JSON")
  .action(async (file: string, options: Options) => {
    const { input, output } = options;
    for (const other of output?.filter((each) => isArray(each) && path.extname(each).toLowerCase() !== ".npy") ?? [])
      throw new UserError(`--output ${other}: real numbers are written as .npy, and printed as JSON by --json`);
    if (output)
      await requireReplaceable(
        output.map((each) => ({ file: each, kind: isArray(each) ? npyKind : rawKind })),
        { sources: [file, ...input], force: options.force },
      );
    const { bytes, model } = await readModel(file);
    const [graph] = allSubgraphs(model);
    checkExternal(model, options.externalInput);
    const [inputs, outputs] = [graph.inputs, graph.outputs].map((ends) => ends.map((end) => graph.tensors[end]!)) as [
      TfliteTensor[],
      TfliteTensor[],
    ];
    const takesArrays = areArrays("--input", input, inputs, "inputs");
    const givesArrays = output !== undefined && areArrays("--output", output, outputs, "outputs");
    const runs = takesArrays
      ? await readArrays(input, inputs)
      : splitInput(await readUserFile(input[0]!, "the input"), inputs.map(tensorBytes), input[0]!);
    const results = await infer(bytes, runs, {
      backend: options.backend,
      trace: options.trace ?? false,
      reset: options.reset ?? false,
      external: options.externalInput,
      ...(options.arena !== undefined && { arena: options.arena }),
    }).catch(async (error: unknown) => {
      throw error instanceof UserError ? new UserError(await withAdvice(error, model, bytes), error.exitCode) : error;
    });
    if (output)
      await writeOutputs(
        givesArrays
          ? arraysOf(results, outputs).map((array, i) => [output[i]!, array] as const)
          : [[output[0]!, Buffer.concat(results.flatMap((result) => result.outputs))]],
      );
    show(results, options, takesArrays ? outputs : undefined);
  });
