/** What the page and its worker tell each other. */
import type { InputOutput } from "tfjs-to-tflite/graph/emit.js";
import type { LstmForm } from "tfjs-to-tflite/convert/builder.js";
import type { ActivationType } from "tfjs-to-tflite/graph/parameters.js";
import type { ModelInput, Report } from "tfjs-to-tflite/web.js";
import type { WeightType } from "tfjs-to-tflite/convert/weights.js";
import type { Embedded } from "./embedded.js";
import type { ImageOptions } from "./images.js";

/** A file that somebody chose or dropped, with its path in the folder that it came in. */
export interface Part {
  path: string;
  file: File;
}

/** Says what a model's inputs are. */
export interface Look {
  kind: "look";
  model: Part[];
}

export interface Conversion {
  kind: "convert";
  model: Part[];
  /** Pictures, or files of numbers, one per input; none: the model stays float. */
  samples: Part[];
  images: ImageOptions;
  activations: ActivationType;
  io: InputOutput;
  weights: WeightType;
  /** Without the batch, by input. */
  inputShapes: Record<string, number[]>;
  labels: string[];
  force: boolean;
  /** Layers without kernels for integers stay float32. */
  mixed: boolean;
  /** What LSTM layers become. */
  lstm: LstmForm;
  name: string;
}

/** From the page. */
export type Order = (Look | Conversion) & { wasm: Embedded["wasm"] };

export interface Stage {
  kind: "progress";
  what: string;
  /** 0 to 1. */
  done: number;
}

export interface Looked {
  kind: "looked";
  inputs: ModelInput[];
}

export interface Done {
  kind: "done";
  tflite: Uint8Array;
  report: Report;
  /** How many pictures were not taken, as they would not fit. */
  left: number;
}

/** From the worker. */
export type Answer = Stage | Looked | Done | { kind: "failed"; message: string };
