/** What a .tflite says about itself beside its network: names of inputs and outputs, labels, normalization. */
import type * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import type { Graph } from "../graph/graph.js";
import { lastOf } from "../graph/shape.js";
import { containerOf } from "../tf/layerGraph.js";
import { metadataName, writeMetadata, type Normalization, type TensorMetadata } from "../tflite/metadata.js";
import type { TfliteModel } from "../tflite/index.js";
import type { GraphModel } from "./graphModel/index.js";

/** By an output's name; "" is the one that has as many numbers along its last axis. */
export type Labels = Readonly<Record<string, readonly string[]>>;

export interface Description {
  /** Whether the file has a signature, by which callers find inputs and outputs by the names that the tfjs model has for them. */
  signature?: boolean;
  /** A name for each number along the last axis of an output. */
  labels?: Labels;
  /** What was done to samples before the model was trained on them: (x - mean) / std. The network stays as it is; whoever gives it an image reads this. */
  normalization?: Normalization;
}

/** TensorFlow's converter calls a model's only signature so. */
const signatureKey = "serving_default";

export interface EndNames {
  inputs: string[];
  outputs: string[];
}

const unique = (names: readonly string[]): string[] =>
  names.map((name, i) => {
    const before = names.slice(0, i).filter((each) => each === name).length;
    return before === 0 ? name : `${name}_${before}`;
  });

/** The names that a tfjs model has for its inputs and outputs: a layers model by its layers, a graph model in its signature. */
export function endNames(model: tfl.LayersModel | GraphModel, graph: Graph): EndNames {
  if ("json" in model) {
    const names = (tensors: readonly number[]): string[] =>
      unique(tensors.map((tensor) => graph.tensors[tensor]!.name));
    return { inputs: names(graph.inputs), outputs: names(graph.outputs) };
  }
  const { inputs, outputs } = containerOf(model);
  const names = (tensors: readonly tfl.SymbolicTensor[]): string[] =>
    unique(tensors.map(({ sourceLayer }) => sourceLayer.name));
  return { inputs: names(inputs), outputs: names(outputs) };
}

interface End {
  name: string;
  shape: readonly number[];
}

/** The output that labels belong to. @throws UserError when there is none, or more than one */
function labelled(outputs: readonly End[], name: string, count: number): number {
  const fits = outputs.flatMap((output, at) =>
    (name === "" || output.name === name) && lastOf(output.shape) === count ? [at] : [],
  );
  const [only, other] = fits;
  if (only !== undefined && other === undefined) return only;
  const shapes = outputs.map((output) => `"${output.name}" [${output.shape.join(", ")}]`).join(", ");
  throw new UserError(
    `${count} labels${name === "" ? "" : ` for the output "${name}"`}, and ${only === undefined ? "no output has" : "more than one output has"} ${count} numbers along its last axis: ${shapes}. Give a label for each number, and the output's name where several have as many`,
  );
}

/** A [1, height, width, 1 or 3] tensor is taken for an image. */
function imageOf({ shape }: End): Pick<TensorMetadata, "image"> {
  const [batch, height, width, channels] = shape;
  if (shape.length !== 4 || batch !== 1 || (channels !== 1 && channels !== 3)) return {};
  return { image: { channels, width: width!, height: height! } };
}

/** @throws UserError when there is neither one number nor one for each channel */
function checkNormalization({ mean, std }: Normalization, { name, shape }: End): void {
  const channels = lastOf(shape);
  for (const [what, values] of [
    ["mean", mean],
    ["std", std],
  ] as const) {
    if (values.length !== 1 && values.length !== channels)
      throw new UserError(
        `${what} ${values.join(",")}: ${values.length} numbers; input "${name}" [${shape.join(", ")}] has ${channels} channels, so one number for all or ${channels}`,
      );
    if (!values.every((value) => Number.isFinite(value) && (what === "mean" || value > 0)))
      throw new UserError(
        `${what} ${values.join(",")}: ${what === "mean" ? "finite numbers" : "numbers above 0"} expected`,
      );
  }
}

/** As many means as deviations, which their readers insist on. */
function alike({ mean, std }: Normalization): Normalization {
  const count = Math.max(mean.length, std.length);
  const all = (values: readonly number[]): readonly number[] =>
    values.length === count ? values : Array.from({ length: count }, () => values[0]!);
  return { mean: all(mean), std: all(std) };
}

const ends = (model: TfliteModel, names: readonly string[], tensors: readonly number[]): End[] =>
  tensors.map((tensor, at) => ({ name: names[at]!, shape: model.subgraphs[0]!.tensors[tensor]!.shape }));

/** The model with its signature, and metadata and the files of labels where there is something to say. @throws UserError for labels or a normalization that do not fit the model */
export function described(model: TfliteModel, names: EndNames, description: Description): TfliteModel {
  const { signature = false, labels = {}, normalization } = description;
  const named: TfliteModel = signature
    ? { ...model, signatures: [{ key: signatureKey, subgraph: 0, ...names }] }
    : model;
  const [main] = model.subgraphs;
  const inputs = ends(model, names.inputs, main!.inputs);
  const outputs = ends(model, names.outputs, main!.outputs);
  const lists = Object.entries(labels).map(([name, list]) => ({ list, output: labelled(outputs, name, list.length) }));
  if (lists.length === 0 && !normalization) return named;
  if (normalization) for (const input of inputs) checkNormalization(normalization, input);
  const spread = normalization && alike(normalization);
  const fileOf = (output: number): string => (lists.length === 1 ? "labels.txt" : `labels_${output}.txt`);
  const metadata = writeMetadata({
    name: main!.name,
    inputs: inputs.map((input) => ({ name: input.name, ...imageOf(input), ...(spread && { normalization: spread }) })),
    outputs: outputs.map(({ name }, at) => ({
      name,
      ...(lists.some(({ output }) => output === at) && { labels: fileOf(at) }),
    })),
  });
  const buffers = [...named.buffers, metadata];
  const files = lists.map(({ list, output }) => ({
    name: fileOf(output),
    data: new TextEncoder().encode(`${list.join("\n")}\n`),
  }));
  return {
    ...named,
    buffers,
    metadata: [...named.metadata, { name: metadataName, buffer: buffers.length - 1 }],
    ...(files.length > 0 && { files }),
  };
}
