/** What tfjs and its backends throw, as a sentence for the user. */
import * as tf from "@tensorflow/tfjs-core";
import { UserError } from "../lib/errors.js";

const outOfMemory =
  /out of memory|\bOOM\b|memory access out of bounds|cannot enlarge memory|array buffer allocation failed|invalid typed array length|malloc/i;
const missingKernel = /Kernel '(\w+)' not registered for backend '(\w+)'/;
/** The first line, and of that no more: the wasm backend's messages have its whole code behind them. */
const longest = 200;

/** Errors of an engine's own kinds that are not about a program's mistakes. */
const isOfEngine = (error: Error): boolean =>
  error instanceof RangeError ||
  (typeof WebAssembly !== "undefined" && error instanceof WebAssembly.RuntimeError) ||
  error.message.startsWith("Aborted(");

/** @param doing what failed, as the beginning of the sentence @returns undefined for what is an error already, or of the system */
export function tfjsFailure(error: unknown, doing: string): UserError | undefined {
  if (!(error instanceof Error) || error instanceof UserError || "syscall" in error) return undefined;
  const [line = ""] = error.message.split("\n");
  const reason = line.length > longest ? `${line.slice(0, longest)}...` : line;
  const kernel = missingKernel.exec(line);
  if (kernel)
    return new UserError(
      `${doing}: tfjs's ${kernel[2]} backend has no ${kernel[1]}. Instead: other layers that compute the same`,
      1,
      { cause: error },
    );
  if (outOfMemory.test(line) || isOfEngine(error))
    return new UserError(
      `${doing}: the memory does not suffice (tfjs's ${tf.getBackend()} backend: ${reason}; ${Math.round(tf.memory().numBytes / 1e6)} MB of tensors). Instead: fewer samples, smaller inputs (--input-shape) or a smaller model`,
      1,
      { cause: error },
    );
  return new UserError(`${doing}: tfjs fails (${reason})`, 1, { cause: error });
}

/** Runs a step, whose failure in tfjs becomes a sentence. @param doing the beginning of that */
export async function explained<T>(doing: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw tfjsFailure(error, doing) ?? error;
  }
}
