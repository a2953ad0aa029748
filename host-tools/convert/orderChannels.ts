/**
 * Orders the channels inside a model for the micro engine, which takes longer for large weights that are multiplied together: so that few of them meet.
 * Which weights meet depends on the order of a layer's inputs and of its outputs, and both are free inside a model.
 */
import { copyOf } from "tfjs-to-tflite/lib/bytes.js";
import type { Quantization, Subgraph, TfliteModel, TfliteTensor } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, operatorNames } from "../inference/graph.js";
import { channelGroups, type ChannelAxis, type ChannelGroup } from "./channelGroups.js";
import { HeavyGroups } from "./heavyGroups.js";

/** Rounds over all groups of channels, whose orders depend on one another through the layers between them. */
const mostRounds = 4;
/** Of a group in a round: about a second. */
const mostSteps = 3e8;

/** The convolutions' weights, by their tensor. */
export function heavyGroupsOf(model: TfliteModel, graph: Subgraph): Map<number, HeavyGroups> {
  const names = operatorNames(model, graph);
  return new Map(
    graph.operators.flatMap(({ inputs }, i): [number, HeavyGroups][] => {
      const found = HeavyGroups.of(model, graph, names[i]!, i);
      return found ? [[inputs[1]!, found]] : [];
    }),
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A layer's weights as a group of channels meets them: as rows, or as inputs. */
interface Side {
  layer: HeavyGroups;
  exchange(a: number, b: number): void;
  mayGain(a: number, b: number): boolean;
  /** Of an exchange, about. */
  steps: number;
}

const sideOf = (layer: HeavyGroups, channels: number, reads: boolean): Side =>
  reads
    ? {
        layer,
        exchange: (a, b) => layer.exchangeChannels(a, b, channels),
        mayGain: (a, b) => layer.mayGainByChannels(a, b, channels),
        steps: layer.stepsForChannels(channels),
      }
    : {
        layer,
        exchange: (a, b) => layer.exchangeRows(a, b),
        mayGain: (a, b) => layer.mayGainByRows(a, b),
        steps: layer.stepsForRows,
      };

/** The order of a group's channels: position by position, which of the old ones. */
class Order {
  readonly channels: number[];
  readonly #sides: readonly Side[];

  constructor(
    readonly group: ChannelGroup,
    layers: ReadonlyMap<number, HeavyGroups>,
  ) {
    this.channels = Array.from({ length: group.channels }, (_, i) => i);
    this.#sides = group.axes.flatMap(({ tensor, reads = false }) => {
      const layer = layers.get(tensor);
      return layer ? [sideOf(layer, group.channels, reads)] : [];
    });
  }

  #cost(): number {
    let cost = 0;
    for (const { layer } of this.#sides) cost += layer.cost;
    return cost;
  }

  #exchange(a: number, b: number): void {
    for (const side of this.#sides) side.exchange(a, b);
    const moved = this.channels[a]!;
    this.channels[a] = this.channels[b]!;
    this.channels[b] = moved;
  }

  /** Exchanges any two channels where that does not cost more. @returns whether one cost less */
  improve(): boolean {
    const before = this.#cost();
    let cost = before;
    let left = mostSteps / sum(this.#sides.map(({ steps }) => steps));
    for (let a = 0; a < this.channels.length; a++)
      for (let b = a + 1; b < this.channels.length; b++) {
        if (!this.#sides.some((side) => side.mayGain(a, b))) continue;
        if (left-- <= 0) return cost < before;
        this.#exchange(a, b);
        const changed = this.#cost();
        if (changed > cost) this.#exchange(a, b);
        else cost = changed;
      }
    return cost < before;
  }
}

/** The values along an axis of a shape in another order, which repeats. @param into as many, which become them: of the type that they have, for there are millions of weights */
function reordered<Values extends { readonly length: number; [index: number]: number }>(
  values: Values,
  shape: readonly number[],
  axis: number,
  order: readonly number[],
  into: Values,
): Values {
  const run = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor(i / run) % order.length;
    into[i] = values[i + (order[at]! - at) * run]!;
  }
  return into;
}

function reorderedScales(quantization: Quantization, order: readonly number[]): Quantization {
  const { scale, zeroPoint } = quantization;
  if (scale.length === 1) return quantization;
  const of = (values: number[]): number[] =>
    values.length === scale.length ? reordered(values, [values.length], 0, order, []) : values;
  return { ...quantization, scale: of(scale), zeroPoint: of(zeroPoint) };
}

/** A model whose constants change. */
class Rewriting {
  readonly tensors: TfliteTensor[];
  readonly buffers: Uint8Array[];

  constructor(readonly model: TfliteModel) {
    this.tensors = [...model.subgraphs[0]!.tensors];
    this.buffers = [...model.buffers];
  }

  reorder({ tensor: index, axis }: ChannelAxis, order: readonly number[]): void {
    const tensor = this.tensors[index]!;
    const { shape, type, quantization, buffer } = tensor;
    const [before, after] = [copyOf(this.buffers[buffer]!), copyOf(this.buffers[buffer]!)];
    const bytes = new Uint8Array(after);
    if (type === "INT8") reordered(new Int8Array(before), shape, axis, order, new Int8Array(after));
    else reordered(new Int32Array(before), shape, axis, order, new Int32Array(after));
    // What another tensor has, too, stays as it is.
    const isByScale = type === "INT32" || quantization?.quantizedDimension === axis;
    const isShared = this.tensors.some((other, i) => i !== index && other.buffer === buffer);
    if (!isShared) this.buffers[buffer] = bytes;
    this.tensors[index] = {
      ...tensor,
      buffer: isShared ? this.buffers.push(bytes) - 1 : buffer,
      ...(quantization && isByScale && { quantization: reorderedScales(quantization, order) }),
    };
  }
}

/** The model with the channels inside of it in the order that micro takes least for, which gives the same outputs, byte for byte; the model itself where that gains nothing. */
export function orderChannels(model: TfliteModel): TfliteModel {
  const [graph, ...more] = allSubgraphs(model);
  if (more.length > 0) return model;
  const layers = heavyGroupsOf(model, graph);
  const cost = (): number => sum([...layers.values()].map((layer) => layer.cost));
  const before = cost();
  const orders = channelGroups(model, graph).map((group) => new Order(group, layers));
  for (let round = 0; round < mostRounds; round++) if (!orders.map((order) => order.improve()).includes(true)) break;
  if (cost() >= before) return model;
  const to = new Rewriting(model);
  for (const { group, channels } of orders) for (const axis of group.axes) to.reorder(axis, channels);
  return { ...model, buffers: to.buffers, subgraphs: [{ ...graph, tensors: to.tensors }] };
}
