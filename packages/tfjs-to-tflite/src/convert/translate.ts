import type * as tfl from "@tensorflow/tfjs-layers";
import { UserError } from "../lib/errors.js";
import {
  containerOf,
  isContainer,
  nodeOf,
  weightRole,
  handsOnMasks,
  wrappedLayers,
  type Container,
  type Layer,
} from "../tf/layerGraph.js";
import { GraphBuilder, type LstmForm } from "./builder.js";
import { fixedShape, type InputShapes } from "./graphModel/index.js";
import type { Graph } from "../graph/graph.js";
import { joinTransposes } from "../graph/transposes.js";
import { hasChannelsFirst, isSkipping, translatorOf, type LayerView, type Translate } from "./layers/index.js";
import { checkRows } from "./rows.js";
import { maskBehind, maskedOutputs, type Mask } from "./layers/masks.js";
import { onlyOutput, refuse } from "./layers/types.js";

function weightsOf(layer: Layer): LayerView["weights"] {
  const weights: LayerView["weights"] = {};
  for (const weight of layer.weights) {
    const data = weight.read().dataSync() as Float32Array;
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new UserError(
        `layer "${layer.name}" (${layer.getClassName()}): its weights "${weightRole(weight)}" hold ${data[bad]} at position ${bad} of ${data.length}; every weight must be a finite number. Was its training stopped by a diverging loss?`,
      );
    weights[weightRole(weight)] = { shape: weight.shape as number[], data };
  }
  return weights;
}

class Walk {
  /** What is called more than once, a layer in two places or in each step, has its weights once. */
  readonly #views = new Map<Layer, LayerView>();

  /** Some layer so far has its channels first. */
  hasChannelsFirst = false;

  constructor(readonly builder: GraphBuilder) {}

  #viewOf(layer: Layer): LayerView {
    const view = this.#views.get(layer) ?? {
      name: layer.name,
      className: layer.getClassName(),
      config: layer.getConfig(),
      weights: weightsOf(layer),
      inner: wrappedLayers(layer).map((inner) => this.#viewOf(inner)),
      ...(isContainer(layer) && { network: this.#network(layer) }),
    };
    this.#views.set(layer, view);
    return view;
  }

  /** A model in a wrapper. */
  #network(container: Container): Translate {
    return (builder, view, inputs) => {
      const outer = builder.layer;
      const output = onlyOutput(view, this.through(container, inputs));
      builder.layer = outer;
      return output;
    };
  }

  /** Traverses a model from its outputs back to its inputs, which `bound` maps to tensors. Nested models are inlined. */
  through(container: Container, inputs: number[]): number[] {
    const bound = new Map(container.inputs.map((tensor, i) => [tensor.id, inputs[i]!]));
    const masks = new Map<number, Mask>();
    const visit = (tensor: tfl.SymbolicTensor): number => {
      const known = bound.get(tensor.id);
      if (known !== undefined) return known;
      const layer = tensor.sourceLayer;
      const node = nodeOf(tensor);
      const given = node.inputTensors.map(visit);
      const before = node.inputTensors.map(({ id }) => masks.get(id));
      let results: number[];
      if (isContainer(layer)) {
        if (before.some((mask) => mask)) checkUnmasked(layer, "model");
        results = this.through(layer, given);
      } else {
        const view = this.#viewOf(layer);
        if (view.className === "TimeDistributed" && before.some((mask) => mask)) checkUnmasked(layer, "wrapper");
        const translate = translatorOf(view);
        this.hasChannelsFirst ||= hasChannelsFirst(view);
        this.builder.layer = layer.name;
        const [mask] = before;
        const masked = mask && isSkipping(view) ? { ...view, mask: () => mask(view) } : view;
        results = [translate(this.builder, masked, given)].flat();
        const behind = maskBehind(this.builder, view, given, handsOnMasks(layer), before);
        if (behind) for (const output of maskedOutputs(view, node.outputTensors)) masks.set(output.id, behind);
      }
      node.outputTensors.forEach((output, i) => bound.set(output.id, results[i]!));
      return bound.get(tensor.id)!;
    };
    return container.outputs.map(visit);
  }
}

const shapeOf = (tensor: tfl.SymbolicTensor, shapes: InputShapes): number[] =>
  fixedShape(tensor.sourceLayer.name, tensor.shape, shapes);

const bare = (layer: Layer): LayerView => ({
  name: layer.name,
  className: layer.getClassName(),
  config: {},
  weights: {},
  inner: [],
});

/** The layers that become operators, those of inner models and wrappers too. */
const flattened = (layer: Layer): Layer[] =>
  isContainer(layer) ? layer.layers.flatMap(flattened) : [layer, ...wrappedLayers(layer).flatMap(flattened)];

/** tfjs gives the mask of a model's input to every layer in it, and a TimeDistributed's to its layer, whose steps are others. */
function checkUnmasked(outer: Layer, what: "model" | "wrapper"): void {
  const skipping = flattened(outer).find((layer) => isSkipping(bare(layer)));
  if (skipping)
    refuse(
      bare(skipping),
      `it is in the ${what} "${outer.name}", whose input has masked steps`,
      what === "model"
        ? "Masking in that model, right before the layer"
        : "a model in that wrapper that begins with Masking",
    );
}

/** Every type of layer in the model must have a translator, before any work is done. */
function checkLayers(container: Container): void {
  const layers = flattened(container).filter((layer) => layer.getClassName() !== "InputLayer");
  for (const layer of layers) translatorOf(bare(layer));
}

/** The model's operators in the order they run, one for one from its layers. @throws UserError naming the layer that cannot be converted. */
export function translate(
  model: tfl.LayersModel,
  name: string,
  shapes: InputShapes = {},
  lstm: LstmForm = "unrolled",
): Graph {
  const container = containerOf(model);
  checkLayers(container);
  const builder = new GraphBuilder(name, lstm);
  const inputs = container.inputs.map((tensor) => builder.tensor(tensor.sourceLayer.name, shapeOf(tensor, shapes)));
  builder.graph.inputs = inputs;
  const walk = new Walk(builder);
  builder.graph.outputs = walk.through(container, inputs);
  if (walk.hasChannelsFirst) joinTransposes(builder.graph);
  checkRows(builder.graph);
  return builder.graph;
}
