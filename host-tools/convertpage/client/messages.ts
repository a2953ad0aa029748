/** What the page and its worker tell each other. */
import type { InputOutput } from "tfjs-to-tflite/graph/emit.js";
import type { ActivationType } from "tfjs-to-tflite/graph/parameters.js";
import type { Report } from "tfjs-to-tflite/library.js";
import type { Embedded } from "./embedded.js";

/** A file that somebody chose or dropped, with its path in the folder that it came in. */
export interface Part {
  path: string;
  file: File;
}

/** From the page. */
export interface Order {
  wasm: Embedded["wasm"];
  model: Part[];
  /** Files of samples, one per input; none: the model stays float32. */
  samples: Part[];
  activations: ActivationType;
  io: InputOutput;
  name: string;
}

/** From the worker. */
export type Answer =
  | { kind: "progress"; done: number }
  | { kind: "done"; tflite: Uint8Array; report: Report }
  | { kind: "failed"; message: string };
