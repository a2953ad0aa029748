import { createRequire } from "node:module";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { registerDilatedGradients } from "./kernels/dilated.js";
import { startWasm } from "./wasm.js";

export type TrainingBackend = "tensorflow" | "wasm";

const loud = ["uncaughtException", "unhandledRejection"];

let ready: Promise<TrainingBackend> | undefined;

/**
 * Makes tfjs ready for training, once: on TensorFlow (tfjs-node) when that is installed, else on wasm with SIMD and the kernels that wasm lacks.
 * @param backend "wasm" does not look for tfjs-node
 */
export function startBackend(backend?: "wasm"): Promise<TrainingBackend> {
  return (ready ??= start(backend));
}

async function start(wanted: "wasm" | undefined): Promise<TrainingBackend> {
  registerDilatedGradients();
  if (wanted !== "wasm" && (await tryTensorflow())) return "tensorflow";
  const require = createRequire(import.meta.url);
  // Its loader throws whatever is not caught anywhere again, from a line of 60 kB that then hides the message.
  const before = new Map(loud.map((event) => [event, process.listeners(event as "exit")]));
  await startWasm(`${path.dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}${path.sep}`);
  await tf.ready();
  for (const event of loud)
    for (const listener of process.listeners(event as "exit"))
      if (!before.get(event)!.includes(listener)) process.removeListener(event, listener);
  return "wasm";
}

const fetchLibrary = "npm rebuild @tensorflow/tfjs-node --ignore-scripts=false";
/** A plain npm install passes over an optional peer; -D does not. */
export const installTensorflow = `npm install -D @tensorflow/tfjs-node && ${fetchLibrary}`;

/** tfjs-node is an optional peer: its install downloads a library and may fail. Whoever has it gets its speed. */
async function tryTensorflow(): Promise<boolean> {
  const name = "@tensorflow/tfjs-node";
  try {
    await import(name);
    if (await tf.setBackend("tensorflow")) return true;
    process.stderr.write(
      "tfjs-node is installed, but shares no tfjs-core with loam: training goes on with the wasm backend\n",
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_MODULE_NOT_FOUND") return false;
    // npm runs no install scripts here (.npmrc), and tfjs-node's is what fetches its library.
    const reason = message.includes("native addon module")
      ? `its library is not there; fetch it with: ${fetchLibrary}`
      : message.split("\n")[0];
    process.stderr.write(
      `tfjs-node is installed, but cannot be loaded (${reason}): training goes on with the wasm backend\n`,
    );
  }
  return false;
}
