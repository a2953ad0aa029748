import { Command, InvalidArgumentError, Option } from "commander";
import { backends, infer, type Backend, type InferResult } from "../inference/index.js";
import { allSubgraphs, tensorBytes } from "../inference/graph.js";
import { checkExternal } from "../inference/externalInputs.js";
import { readModel } from "../inference/readModel.js";
import { UserError } from "../lib/errors.js";
import { readUserFile, writeFileAtomic } from "../lib/files.js";
import { rawKind } from "../lib/fileKinds.js";
import { forceOption, requireReplaceable } from "../lib/overwrite.js";
import { externalInputOption } from "./externalInput.js";

interface Options {
  input: string;
  output?: string;
  backend: Backend;
  arena?: number;
  trace?: boolean;
  reset?: boolean;
  externalInput: number[];
  force?: boolean;
  json?: boolean;
}

function parseBytes(text: string): number {
  const bytes = Number(text);
  if (!(Number.isInteger(bytes) && bytes > 0)) throw new InvalidArgumentError("a number of bytes above 0 expected");
  return bytes;
}

/** Splits the input into runs and tensors. */
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

function show(results: InferResult[], { json, output, backend }: Options): void {
  if (json) {
    const runs = results.map(({ outputs, trace }) => ({
      outputs: outputs.map((bytes) => Buffer.from(bytes).toString("hex")),
      ...(trace && { trace }),
    }));
    process.stdout.write(`${JSON.stringify({ backend, arenaUsed: results[0]?.arenaUsed, runs })}\n`);
    return;
  }
  const lines = results.flatMap(({ outputs, trace }, run) => [
    ...(trace && results.length > 1 ? [`run ${run}`] : []),
    ...(trace ?? []).map(
      ({ index, operator, shape, hash }) => `${index} ${operator} ${shape.join("x") || "scalar"} ${hash}`,
    ),
    ...(output || trace ? [] : [outputs.map((bytes) => Buffer.from(bytes).toString("hex")).join(" ")]),
  ]);
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
}

export default new Command("infer")
  .description("Run a model on raw input bytes, with the device's engine, TensorFlow Lite Micro or TensorFlow Lite.")
  .argument("<model>", ".tflite file")
  .requiredOption(
    "--input <file>",
    "raw bytes of the input tensors, one after the other; several runs when the file is a multiple of their size",
  )
  .option("--output <file>", "file for the raw bytes of the output tensors (default: printed in hexadecimal)")
  .addOption(new Option("--backend <name>", "inference backend").choices([...backends]).default("micro"))
  .option("--arena <bytes>", "arena for micro and tflm (default: 16 MiB)", parseBytes)
  .option("--trace", "one line `index operator shape hash` per operator; the hash is FNV-1a-32 of its first output")
  .option("--reset", "bring variables and states back to their first values before each run (micro and tflm)")
  .addOption(externalInputOption())
  .addOption(forceOption())
  .option("--json", "print the results as JSON")
  .action(async (file: string, options: Options) => {
    if (options.output)
      await requireReplaceable([{ file: options.output, kind: rawKind }], {
        sources: [file, options.input],
        force: options.force,
      });
    const { bytes, model } = await readModel(file);
    const [graph] = allSubgraphs(model);
    checkExternal(model, options.externalInput);
    const sizes = graph.inputs.map((input) => tensorBytes(graph.tensors[input]!));
    const inputs = splitInput(await readUserFile(options.input, "the input"), sizes, options.input);
    const results = await infer(bytes, inputs, {
      backend: options.backend,
      trace: options.trace ?? false,
      reset: options.reset ?? false,
      external: options.externalInput,
      ...(options.arena !== undefined && { arena: options.arena }),
    });
    if (options.output) await writeFileAtomic(options.output, Buffer.concat(results.flatMap(({ outputs }) => outputs)));
    show(results, options);
  });
