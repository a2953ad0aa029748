import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";
import { readTflite } from "tfjs-to-tflite/graph/tflite.js";
import { computedTensors, withEveryOutput } from "./everyOutput.js";
import { externalBits } from "./externalInputs.js";
import { operatorName } from "./graph.js";
import { fnv1a32 } from "./hash.js";
import type { FrameRun, InferenceFault } from "./frames.js";
import type { Backend } from "./programs.js";
import { InferenceSession } from "./session.js";

export { backends, type Backend } from "./programs.js";
export { InferenceSession } from "./session.js";
export { microArena, type MicroArena } from "./microArena.js";
export { planModel } from "./planner.js";
export { macsOf } from "./macs.js";
export { tflmArena, type TflmArena } from "./tflmArena.js";
export { tflmFolder } from "./tflmSources.js";

/** One operator of a run. `hash` is the FNV-1a-32 of its first output's bytes, 8 hexadecimal digits. */
export interface InferTrace {
  index: number;
  operator: string;
  shape: number[];
  hash: string;
}

export interface InferResult {
  /** Raw bytes, one entry per tensor, in the model's order. */
  outputs: Uint8Array[];
  trace?: InferTrace[];
  /** Bytes of arena that the backend needs here; not known of tflite. */
  arenaUsed?: number;
}

export interface InferOptions {
  /** Default micro. */
  backend?: Backend;
  /** Bytes; default: as much as any model of a node could want, 16 MiB. */
  arena?: number;
  trace?: boolean;
  /** Bring variables and states back to their first values before each run; with tflite states only. */
  reset?: boolean;
  /** The inputs that are not in the arena, by number. Default none. */
  external?: readonly number[];
}

/** A backend refused the model, or the arena was too small. */
export class InferenceError extends UserError {
  override name = "InferenceError";

  constructor(
    readonly backend: Backend,
    readonly fault: InferenceFault,
  ) {
    // A backend has no name for an operator that it does not have.
    super(`backend ${backend}: ${fault.text.replace(/^UNKNOWN #/, `${operatorName(fault.builtinCode)} #`)}`);
  }
}

const hex = (hash: number): string => hash.toString(16).padStart(8, "0");

/** Desktop TensorFlow Lite shows no operators: its trace is the outputs that withEveryOutput added. */
function splitOutputs(model: Uint8Array, run: FrameRun): InferResult {
  const { subgraphs, operatorCodes } = readTflite(model);
  const { tensors, outputs, operators } = subgraphs[0]!;
  const values = new Map(computedTensors(subgraphs[0]!).map((tensor, i) => [tensor, run.outputs[outputs.length + i]!]));
  const trace = operators.map((operator, index) => ({
    index,
    operator: operatorName(operatorCodes[operator.opcodeIndex]!.builtinCode),
    shape: tensors[operator.outputs[0] ?? -1]?.shape ?? [],
    hash: hex(fnv1a32(values.get(operator.outputs[0] ?? -1) ?? new Uint8Array())),
  }));
  return { outputs: run.outputs.slice(0, outputs.length), trace };
}

/** Whether a backend can bring a model to what it was before its first run: desktop TensorFlow Lite's states, not its variables. */
export const canReset = (backend: Backend, model: Uint8Array): boolean =>
  backend !== "tflite" ||
  !readTflite(model).operatorCodes.some(({ builtinCode }) => operatorName(builtinCode) === "VAR_HANDLE");

/** Like infer, in a session that is already running. */
export async function inferWith(
  session: InferenceSession,
  model: Uint8Array,
  inputs: Uint8Array[][],
  { arena = 1 << 24, trace = false, reset = false, external = [] }: InferOptions = {},
): Promise<InferResult[]> {
  if (reset && !canReset(session.backend, model))
    throw new UserError("backend tflite: it cannot reset variables (VAR_HANDLE), as micro and tflm can");
  const marked = trace && session.backend === "tflite";
  const request = {
    model: marked ? withEveryOutput(model) : model,
    arena,
    trace: trace && !marked,
    reset,
    external: externalBits(external),
    runs: inputs.map((run) => Buffer.concat(run)),
  };
  const answer = await session.ask(request);
  if (answer.fault) throw new InferenceError(session.backend, answer.fault);
  return answer.runs.map((run): InferResult => {
    if (marked) return splitOutputs(model, run);
    const rows = run.trace.map(({ index, builtinCode, shape, hash }) => ({
      index,
      operator: operatorName(builtinCode),
      shape,
      hash: hex(hash),
    }));
    return {
      outputs: run.outputs,
      ...(trace && { trace: rows }),
      ...(session.backend !== "tflite" && { arenaUsed: answer.arenaUsed }),
    };
  });
}

/**
 * Runs a model, once per entry of `inputs`, in a separate process.
 * @param model a .tflite, or the file it is in; int8 for micro and tflm, float as well for tflite
 * @param inputs [run][input tensor]: raw bytes in the tensor's layout
 * @throws InferenceError when the backend refuses the model; UserError when the inputs' sizes are wrong or the backend is not available
 */
export async function infer(
  model: Uint8Array | string,
  inputs: Uint8Array[][],
  options: InferOptions = {},
): Promise<InferResult[]> {
  const bytes = typeof model === "string" ? await readUserFile(model, "the model") : model;
  const session = await InferenceSession.start(options.backend ?? "micro");
  try {
    return await inferWith(session, bytes, inputs, options);
  } finally {
    session.close();
  }
}
