import type * as tfl from "@tensorflow/tfjs-layers";
import type { PruneRule } from "../graph/operators/descriptor.js";
import { pruneRules } from "../graph/operators/pruneRules.js";
import { UserError } from "../lib/errors.js";
import { containerOf, isContainer, nodeOf, wrappedLayers, type Container, type Layer } from "../tf/layerGraph.js";

/** The channels (last axis) of a tensor, each by a number; the same number where the same filter made them. */
type Channels = readonly number[];

export interface LayerChannels {
  layer: Layer;
  inputs: Channels;
  outputs: Channels;
  /** It makes channels of its own: each of its filters or units is one. */
  makes: boolean;
}

/** Channels that must stay or go together, and where each layer has them. */
export class ChannelMap {
  readonly layers = new Map<Layer, LayerChannels>();
  readonly #parent: number[] = [];
  readonly #kept = new Set<number>();

  fresh(count: number): Channels {
    return Array.from({ length: count }, () => this.#parent.push(this.#parent.length) - 1);
  }

  /** The representative of all channels coupled with this one. */
  root(channel: number): number {
    let at = channel;
    while (this.#parent[at] !== at) at = this.#parent[at] = this.#parent[this.#parent[at]!]!;
    return at;
  }

  couple(a: Channels, b: Channels): void {
    a.forEach((channel, i) => (this.#parent[this.root(b[i]!)] = this.root(channel)));
  }

  /** These must not be removed: they are model inputs or outputs. */
  pin(channels: Channels): Channels {
    channels.forEach((channel) => this.#kept.add(channel));
    return channels;
  }

  pinned(): Set<number> {
    return new Set([...this.#kept].map((channel) => this.root(channel)));
  }
}

interface Call {
  map: ChannelMap;
  layer: Layer;
  config: Record<string, unknown>;
  inputs: Channels[];
  inputShapes: (number | null)[][];
  outputShape: (number | null)[];
}
type Rule = (call: Call) => Channels;

const last = (shape: readonly (number | null)[]): number => shape[shape.length - 1]!;
const same: Rule = ({ inputs }) => inputs[0]!;
const makes: Rule = ({ map, outputShape }) => map.fresh(last(outputShape));

/** Its output's channels are unknown functions of all of its input's. */
const mixes: Rule = ({ map, inputs, outputShape }) => {
  inputs.forEach((channels) => map.pin(channels));
  return map.pin(map.fresh(last(outputShape)));
};

const depthwise: Rule = ({ config, inputs }) =>
  inputs[0]!.flatMap((channel) => Array.from({ length: Number(config["depthMultiplier"]) }, () => channel));

/** Channel by channel; an input of one channel is spread over all and stays. */
const elementwise: Rule = ({ map, inputs }) => {
  const widest = inputs.reduce((a, b) => (b.length > a.length ? b : a));
  for (const channels of inputs) {
    if (channels.length === widest.length) map.couple(widest, channels);
    else map.pin(channels);
  }
  return widest;
};

const concatenate: Rule = (call) => {
  const rank = call.outputShape.length;
  const axis = Number(call.config["axis"]);
  if (axis === -1 || axis === rank - 1) return call.inputs.flat();
  return elementwise(call);
};

/** Axes in front of the channels folded into them: the channels repeat. */
const reshape: Rule = (call) => {
  const { inputs, inputShapes, outputShape } = call;
  const [from, to] = [last(inputShapes[0]!), last(outputShape)];
  const target = call.config["targetShape"] as (number | null)[] | undefined;
  if (to === from) return inputs[0]!;
  const folds = to % from === 0 && (!target || target.length === 1 || trailingProduct(inputShapes[0]!, to));
  return folds ? Array.from({ length: to / from }, () => inputs[0]!).flat() : mixes(call);
};
function trailingProduct(shape: readonly (number | null)[], wanted: number): boolean {
  let product = 1;
  for (let axis = shape.length - 1; axis > 0 && product < wanted; axis--) product *= shape[axis]!;
  return product === wanted;
}

const permute: Rule = (call) => {
  const dims = call.config["dims"] as number[];
  return dims[dims.length - 1] === dims.length ? same(call) : mixes(call);
};

const batchNormalization: Rule = (call) =>
  Number(call.config["axis"]) === -1 || Number(call.config["axis"]) === call.outputShape.length - 1
    ? same(call)
    : mixes(call);

const rules: Readonly<Record<Exclude<PruneRule, "wraps">, Rule>> = {
  makes,
  same,
  mixes,
  depthwise,
  elementwise,
  concatenate,
  reshape,
  permute,
  batchNormalization,
};

function follow(
  map: ChannelMap,
  layer: Layer,
  inputs: Channels[],
  inputShapes: (number | null)[][],
  outputShape: (number | null)[],
): Channels {
  const className = layer.getClassName();
  const named = pruneRules.get(className);
  if (!named)
    throw new UserError(
      `layer "${layer.name}" (${className}): loam cannot follow channels through this type, so it cannot prune around it. Instead: one of ${[...pruneRules.keys()].join(", ")}`,
    );
  const config = layer.getConfig() as Record<string, unknown>;
  const wrapped = wrappedLayers(layer)[0]?.getClassName();
  const rule = named === "wraps" ? (wrapped === "Dense" ? makes : mixes) : rules[named];
  if (config["dataFormat"] === "channelsFirst")
    throw new UserError(
      `layer "${layer.name}" (${className}): its data format is channelsFirst; pruning needs the channels last`,
    );
  const known = map.layers.get(layer);
  let outputs: Channels;
  if (known) {
    // Called again: the same filters, so the same channels go.
    map.couple(known.inputs, inputs[0]!);
    outputs = rule === makes ? known.outputs : rule({ map, layer, config, inputs, inputShapes, outputShape });
    map.couple(known.outputs, outputs);
  } else {
    outputs = rule({ map, layer, config, inputs, inputShapes, outputShape });
    map.layers.set(layer, { layer, inputs: inputs[0]!, outputs, makes: rule === makes });
  }
  // A softmax shares out 1 among its channels: with one gone the others change.
  const inner = (config["layer"] as { config?: Record<string, unknown> } | undefined)?.config;
  const isShared = [config["activation"], inner?.["activation"]].some((name) =>
    /^(log_?)?softmax$/i.test(String(name)),
  );
  return isShared ? map.pin(outputs) : outputs;
}

function walk(map: ChannelMap, container: Container, inputs: Channels[]): Channels[] {
  const bound = new Map(container.inputs.map((tensor, i) => [tensor.id, inputs[i]!]));
  container.inputs.forEach(({ sourceLayer }, i) =>
    map.layers.set(sourceLayer, { layer: sourceLayer, inputs: inputs[i]!, outputs: inputs[i]!, makes: false }),
  );
  const visit = (tensor: tfl.SymbolicTensor): Channels => {
    const known = bound.get(tensor.id);
    if (known) return known;
    const node = nodeOf(tensor);
    const given = node.inputTensors.map(visit);
    const layer = tensor.sourceLayer;
    const results = isContainer(layer)
      ? walk(map, layer, given)
      : [
          follow(
            map,
            layer,
            given,
            node.inputTensors.map(({ shape }) => shape),
            node.outputTensors[0]!.shape,
          ),
          // The states of a recurrent layer.
          ...node.outputTensors.slice(1).map(({ shape }) => map.pin(map.fresh(last(shape)))),
        ];
    node.outputTensors.forEach((output, i) => bound.set(output.id, results[i]!));
    return bound.get(tensor.id)!;
  };
  return container.outputs.map(visit);
}

/** Follows every channel through a model. @throws UserError naming a layer that channels cannot be followed through. */
export function followChannels(model: tfl.LayersModel): ChannelMap {
  const map = new ChannelMap();
  const container = containerOf(model);
  const inputs = container.inputs.map(({ shape }) => map.pin(map.fresh(last(shape))));
  walk(map, container, inputs).forEach((channels) => map.pin(channels));
  return map;
}
