import { lastOf, type Graph, type GraphNode } from "../graph/graph.js";
import { weightedRule } from "../graph/operators/index.js";
import type { ActivationType } from "../graph/parameters.js";
import type { SampleSet } from "../graph/sampleSet.js";
import { scaleChannels } from "../graph/simplify.js";
import { clippedTensors } from "./groups.js";
import { eachActivation } from "./observe.js";
import { scaleGroups, type ScaleGroup } from "./scaleGroups.js";
import { silent, type Report } from "./stages.js";

/** Limit of a channel's factor, however small its range. */
const largestFactor = 64;
const six = 6;

/** Of each channel of an activation, on the samples. */
interface ChannelFigures {
  peaks: Float64Array;
  /** Mean of the squares. */
  energies: Float64Array;
}

async function channelFigures(
  graph: Graph,
  samples: SampleSet,
  wanted: ReadonlySet<number>,
  report: Report,
): Promise<Map<number, ChannelFigures>> {
  const counts = new Map<number, number>();
  const figures = new Map(
    [...wanted].map((tensor): [number, ChannelFigures] => {
      const channels = lastOf(graph.tensors[tensor]!.shape);
      return [tensor, { peaks: new Float64Array(channels), energies: new Float64Array(channels) }];
    }),
  );
  const note = (tensor: number, values: Float32Array): void => {
    const found = figures.get(tensor);
    if (!found) return;
    const { peaks, energies } = found;
    const channels = peaks.length;
    for (let i = 0; i < values.length; i++) {
      const [channel, value] = [i % channels, values[i]!];
      peaks[channel] = Math.max(peaks[channel]!, Math.abs(value));
      energies[channel]! += value * value;
    }
    counts.set(tensor, (counts.get(tensor) ?? 0) + values.length / channels);
  };
  await eachActivation(graph, samples, note, report);
  for (const [tensor, { energies }] of figures) energies.forEach((sum, i) => (energies[i] = sum / counts.get(tensor)!));
  return figures;
}

/** How far rounding in one channel goes into a reader's outputs, and its largest weights. */
interface Reader {
  isDepthwise: boolean;
  /** Of each channel: energy in the outputs for noise of energy 1, over the outputs' own energy. */
  gains: Float64Array;
  /** Rows of weights with one scale: of each input channel the largest magnitude, over the square root of the outputs' energy. */
  weights: Float64Array[];
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function readerOf(
  graph: Graph,
  node: GraphNode,
  figures: ReadonlyMap<number, ChannelFigures>,
  channels: number,
): Reader {
  const data = graph.tensors[node.inputs[1]!]!.data!;
  const energies = figures.get(node.output)!.energies;
  const gains = new Float64Array(channels);
  const isDepthwise = node.op === "DEPTHWISE_CONV_2D";
  if (isDepthwise) {
    data.forEach((value, i) => (gains[i % channels]! += value ** 2));
    return { isDepthwise, gains: gains.map((gain, i) => gain / (energies[i]! || Infinity)), weights: [] };
  }
  const energy = mean(energies) || Infinity;
  const outputs = energies.length;
  const rows = weightedRule(node.op)!.perTensor ? 1 : outputs;
  const weights = Array.from({ length: rows }, () => new Float64Array(channels));
  data.forEach((value, i) => {
    const [row, column] = [weights[Math.floor((i * rows) / data.length)]!, i % channels];
    gains[column]! += value ** 2 / energy / outputs;
    row[column] = Math.max(row[column]!, Math.abs(value) / Math.sqrt(energy * rows));
  });
  return { isDepthwise, gains, weights };
}

/** Of a whole range of activations, by their type, and of half a range of weights. */
const activationSteps: Readonly<Record<ActivationType, number>> = { int8: 255, int16: 65534 };
const weightSteps = 127;

/** What rounding of activations and weights costs in the readers' outputs, for channels that are divided by the factors: energy of the error over energy, but for one factor. */
function costOf(
  factors: Float64Array,
  peaks: Float64Array,
  energies: Float64Array,
  readers: readonly Reader[],
  type: ActivationType,
): number {
  const range = peaks.reduce((most, peak, i) => Math.max(most, peak / factors[i]!), 0);
  const step = (range / activationSteps[type]) ** 2;
  const stored = energies.reduce((sum, energy, i) => sum + energy / factors[i]! ** 2, 0);
  return readers.reduce((cost, { gains, weights }) => {
    const rounding = gains.reduce((sum, gain, i) => sum + gain * factors[i]! ** 2, 0) * step;
    const ofWeights = weights.reduce((sum, row) => {
      const limit = row.reduce((most, weight, i) => Math.max(most, weight * factors[i]!), 0);
      return sum + (limit / weightSteps) ** 2;
    }, 0);
    return cost + rounding + ofWeights * stored;
  }, 0);
}

/** Powers of the channels' shares of the range that are tried: 0 leaves them as they are, 1 gives each channel the whole range. */
const powers = [0, 0.25, 0.5, 0.75, 1];

/**
 * By what each channel of a group is divided. A channel that is cut off at 6 on a sample stays as it is; one that is cut off at 6 and stays below is
 * enlarged so far that it still does: beyond that it is cut off, as it is at the end of its range anyway.
 * @param spare how much more than on the samples a channel may come to
 */
function factorsOf(
  graph: Graph,
  { tensors, readers, clipped }: ScaleGroup,
  figures: ReadonlyMap<number, ChannelFigures>,
  ignored: ReadonlySet<number>,
  spare: number,
  type: ActivationType,
): Float64Array {
  const counted = tensors.filter((tensor) => !ignored.has(tensor));
  const channels = lastOf(graph.tensors[tensors[0]!]!.shape);
  const most = (of: readonly number[], channel: number): number =>
    of.reduce((peak, tensor) => Math.max(peak, figures.get(tensor)!.peaks[channel]!), 0);
  const all = Array.from({ length: channels }, (_, channel) => most(counted, channel));
  const loudest = Math.max(...all);
  const peaks = Float64Array.from(all, (peak) => Math.min(loudest, peak * spare));
  const energies = Float64Array.from({ length: channels }, (_, channel) =>
    counted.reduce((sum, tensor) => Math.max(sum, figures.get(tensor)!.energies[channel]!), 0),
  );
  const lowest = Float64Array.from({ length: channels }, (_, channel) =>
    clipped.length === 0
      ? 1 / largestFactor
      : Math.max(1 / largestFactor, Math.min(1, (spare * most(clipped, channel)) / six)),
  );
  const known = readers.map((node) => readerOf(graph, node, figures, channels));
  const candidates = powers.map((power) =>
    peaks.map((peak, i) => (peak > 0 ? Math.min(1, Math.max(lowest[i]!, (peak / loudest) ** power)) : 1)),
  );
  return candidates.reduce(
    (best, factors) => {
      const cost = costOf(factors, peaks, energies, known, type);
      return cost < best.cost ? { cost, factors } : best;
    },
    { cost: Infinity, factors: new Float64Array(channels).fill(1) },
  ).factors;
}

function scaleInputs(graph: Graph, node: GraphNode, factors: Float32Array): void {
  if (node.op === "DEPTHWISE_CONV_2D") {
    const bias = graph.tensors[node.inputs[2]!]!.data as Float32Array;
    scaleChannels(
      graph,
      node,
      factors,
      bias.map((value, i) => value - value * factors[i]!),
    );
    return;
  }
  const { name, shape, data } = graph.tensors[node.inputs[1]!]!;
  const scaled = (data as Float32Array).map((value, i) => value * factors[i % factors.length]!);
  node.inputs = [node.inputs[0]!, graph.tensors.push({ name, shape, data: scaled }) - 1, node.inputs[2]!];
}

/**
 * Cross-layer equalization (Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.1): a channel
 * divided by s behind one layer and multiplied by s before the next changes nothing, as ReLU(x / s) = ReLU(x) / s. Here for all layers that a channel
 * passes through, over sums, pools and gates, and for ReLU6 as far as a channel stays below 6. With per-channel scales in the weights of the layer
 * before, only the activations between and the columns of the layer behind gain or lose; what that comes to is estimated for several strengths.
 * @returns another graph with the same tensor numbers, or undefined when no channel is scaled.
 */
export async function equalize(
  source: Graph,
  samples: SampleSet,
  type: ActivationType = "int8",
  report: Report = silent,
): Promise<Graph | undefined> {
  const graph: Graph = { ...source, tensors: [...source.tensors], nodes: source.nodes.map((node) => ({ ...node })) };
  const found = scaleGroups(graph);
  if (found.length === 0) return undefined;
  const wanted = new Set(found.flatMap(({ tensors, readers }) => [...tensors, ...readers.map(({ output }) => output)]));
  const figures = await channelFigures(graph, samples, wanted, report);
  const ignored = clippedTensors(graph);
  const spare = 1 + 1 / Math.sqrt(samples.count);
  const chosen = found.map((group) => Float32Array.from(factorsOf(source, group, figures, ignored, spare, type)));
  if (chosen.every((factors) => factors.every((factor) => factor === 1))) return undefined;
  found.forEach(({ makers, readers }, which) => {
    const factors = chosen[which]!;
    for (const node of makers)
      scaleChannels(
        graph,
        node,
        factors.map((factor) => 1 / factor),
        new Float32Array(factors.length),
      );
    for (const node of readers) scaleInputs(graph, node, factors);
  });
  return graph;
}
