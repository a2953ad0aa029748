/** Models on the engine, on this machine or on an emulated board, through one small C harness. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { run } from "../lib/exec.js";
import { externalBits } from "../inference/externalInputs.js";
import { buildProgram, type HarnessBuild } from "./build.js";
import { runBoard } from "./emulators.js";
import { isBoard, type Board, type Target } from "./toolchains.js";

export { engineText, FailedBuild, type HarnessBuild } from "./build.js";
export { runBoard } from "./emulators.js";
export { boardNames, engines, isBoard, type Board, type Engine, type Target } from "./toolchains.js";

export interface OperatorRun {
  index: number;
  /** BuiltinOperator */
  code: number;
  /** Instructions on a board, nanoseconds on the host. */
  count: number;
  /** FNV-1a-32 of the output's bytes, 8 hex digits. */
  hash: string;
}

export interface ModelRun {
  /** Instructions on a board, nanoseconds on the host, of one invoke without tracing. */
  count: number;
  /** Each output tensor's bytes in hex. */
  outputs: string[];
  /** Empty unless traced. */
  operators: OperatorRun[];
}

export interface ModelError {
  status: number;
  operatorIndex: number;
  tensorIndex: number;
  needed: number;
  given: number;
  text: string;
}

export interface HarnessResult {
  error?: ModelError;
  /** Lines that TensorFlow Lite Micro logged. */
  log: string[];
  /** Bytes that load and invoke need in total; of TensorFlow Lite Micro without its interpreter, which an application has elsewhere. */
  arena: number;
  /** Instructions (boards) or nanoseconds (host) of load. */
  load: number;
  runs: ModelRun[];
}

export interface HarnessOptions extends HarnessBuild {
  target?: Target;
  /** Bytes, default 49,152. */
  arena?: number;
  trace?: boolean;
  /** The inputs that are read where they are, by number, instead of from the arena: at multiples of 4 bytes of all input. */
  external?: readonly number[];
}

/** From the start of RAM, as in the boards' linker scripts. */
const boardOffsets = { request: 0x4000000, model: 0x5000000, inputs: 0x6000000 };

/**
 * Loads `model` once and runs it on each of `inputs` (all input tensors of a run, one after the other).
 * @throws MissingTool without a compiler or an emulator; UserError when an input has the wrong size
 */
export async function runModel(
  model: Uint8Array,
  inputs: readonly Uint8Array[],
  options: HarnessOptions = {},
): Promise<HarnessResult> {
  const { target = "host", arena = 49_152, trace = false } = options;
  const external = externalBits(options.external ?? []);
  const program = await buildProgram(target, isBoard(target) ? "boardMain.c" : "hostMain.c", options);
  const inputBytes = inputs[0]?.length ?? 0;
  if (inputs.some(({ length }) => length !== inputBytes))
    throw new UserError("the inputs of all runs must have the same size");
  const folder = await mkdtemp(path.join(tmpdir(), "loam-board-"));
  try {
    const modelFile = path.join(folder, "model.tflite");
    const inputsFile = path.join(folder, "inputs.bin");
    await writeFile(modelFile, model);
    await writeFile(inputsFile, Buffer.concat([...inputs, Buffer.alloc(4)]));
    const text = isBoard(target)
      ? await emulate(
          target,
          program,
          [model.length, arena, inputBytes, inputs.length, external, trace ? 1 : 0],
          modelFile,
          inputsFile,
          folder,
        )
      : await run(
          program,
          [arena, trace ? 1 : 0, inputs.length, inputBytes, external, modelFile, inputsFile].map(String),
        );
    return parse(text, inputBytes);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function emulate(
  board: Board,
  program: string,
  request: number[],
  modelFile: string,
  inputsFile: string,
  folder: string,
): Promise<string> {
  const requestFile = path.join(folder, "request.bin");
  await writeFile(requestFile, new Uint8Array(new Uint32Array(request).buffer));
  return await runBoard(
    program,
    [
      [boardOffsets.request, requestFile],
      [boardOffsets.model, modelFile],
      [boardOffsets.inputs, inputsFile],
    ],
    board,
  );
}

function parse(text: string, inputBytes: number): HarnessResult {
  const result: HarnessResult = { log: [], arena: 0, load: 0, runs: [] };
  for (const line of text.split("\n")) {
    const [kind = "", ...words] = line.trim().split(" ");
    const last = result.runs.at(-1);
    if (kind === "log") result.log.push(words.join(" "));
    else if (kind === "arena") result.arena = Number(words[0]);
    else if (kind === "load") result.load = Number(words[0]);
    else if (kind === "run") result.runs.push({ count: Number(words[0]), outputs: [], operators: [] });
    else if (kind === "output") last?.outputs.push(words[0] ?? "");
    else if (kind === "operator")
      last?.operators.push({
        index: Number(words[0]),
        code: Number(words[1]),
        count: Number(words[2]),
        hash: words[3] ?? "",
      });
    else if (kind === "inputs") throw new UserError(`the model takes ${words[0]} bytes of input, ${inputBytes} given`);
    else if (kind === "trap") throw new UserError(`the board trapped: cause ${words[0]} at 0x${words[1]}`);
    else if (kind === "error") {
      const [status, operatorIndex, tensorIndex, needed, given] = words.slice(0, 5).map(Number) as [
        number,
        number,
        number,
        number,
        number,
      ];
      result.error = { status, operatorIndex, tensorIndex, needed, given, text: words.slice(5).join(" ") };
    }
  }
  return result;
}
