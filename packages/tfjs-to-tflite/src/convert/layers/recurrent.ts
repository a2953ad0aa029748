/**
 * LSTM, GRU and SimpleRNN, unrolled: the operators of a step once for each step, which every engine has. The inputs of all steps go through one FULLY_CONNECTED;
 * the weights stand in the file once.
 */
import type { LayerName } from "../../graph/operators/layers.js";
import type { GraphBuilder } from "../builder.js";
import { scaled } from "../functions.js";
import { applyActivation } from "./activation.js";
import { fused, isFused, whyNotFused } from "./fusedLstm.js";
import { gateRows } from "./gates.js";
import { refuse, requireRank, weight, type LayerView, type Translate } from "./types.js";

/** What a step works with. */
interface Cell {
  builder: GraphBuilder;
  layer: LayerView;
  units: number;
  /** Some gates of a tensor [1, gates * units]. */
  part(tensor: number, first: number, count?: number): number;
  /** The product of a state with the recurrent weights of some gates. @param bias [gates * units]; default zeros */
  recur(gates: readonly number[], bias?: Float32Array): (state: number) => number;
}

/** @param x the input's share of the gates, [1, gates * units], in the order of `gates` @param states undefined in the first step: zeros. @returns the states, the first of which is the output */
type Step = (x: number, states: readonly number[] | undefined) => number[];

interface Kind {
  /** The order that the input's share has its gates in, by their numbers in tfjs's kernels. */
  gates: readonly number[];
  step(cell: Cell): Step;
}

/** Gates: input, forget, output, and last the candidate. */
const lstm: Kind = {
  gates: [0, 1, 3, 2],
  step({ builder, layer, part, recur }) {
    const fromState = recur([0, 1, 3, 2]);
    return (x, states) => {
      const [before, carried] = states ?? [];
      const sums = before === undefined ? x : builder.elementwise("ADD", x, fromState(before));
      const gates = applyActivation(builder, layer, part(sums, 0, 3), "recurrentActivation");
      const candidate = applyActivation(builder, layer, part(sums, 3));
      const added = builder.elementwise("MUL", part(gates, 0), candidate);
      const carry =
        carried === undefined
          ? added
          : builder.elementwise("ADD", builder.elementwise("MUL", part(gates, 1), carried), added);
      return [builder.elementwise("MUL", part(gates, 2), applyActivation(builder, layer, carry)), carry];
    };
  },
};

/** z h + (1 - z) c, as c + z (h - c); in the first step h is 0. */
function blend(builder: GraphBuilder, update: number, candidate: number, before: number | undefined): number {
  if (before === undefined) return builder.elementwise("MUL", scaled(builder, update, -1, 1), candidate);
  const difference = builder.elementwise("SUB", before, candidate);
  return builder.elementwise("ADD", candidate, builder.elementwise("MUL", update, difference));
}

/** Gates: update, reset, candidate. */
const gru: Kind = {
  gates: [0, 1, 2],
  step({ builder, layer, part, recur }) {
    const [gatesOf, candidateOf] = [recur([0, 1]), recur([2])];
    const gate = (sums: number): number => applyActivation(builder, layer, sums, "recurrentActivation");
    return (x, states) => {
      if (!states) return [blend(builder, gate(part(x, 0)), applyActivation(builder, layer, part(x, 2)), undefined)];
      const before = states[0]!;
      const gates = gate(builder.elementwise("ADD", part(x, 0, 2), gatesOf(before)));
      const left = builder.elementwise("MUL", part(gates, 1), before);
      const candidate = applyActivation(builder, layer, builder.elementwise("ADD", part(x, 2), candidateOf(left)));
      return [blend(builder, part(gates, 0), candidate, before)];
    };
  },
};

/** The state is reset behind its weights, which have biases of their own: the second row of the layer's. In the first step they are all that the state gives. */
const gruResetAfter: Kind = {
  gates: [0, 1, 2],
  step({ builder, layer, units, part, recur }) {
    const offsets = layer.weights["bias"]?.data.slice(3 * units) ?? new Float32Array(3 * units);
    const ones = new Float32Array(2 * units).fill(1);
    const ofState = recur([0, 1, 2], offsets);
    return (x, states) => {
      const before = states?.[0];
      const sums = before === undefined ? undefined : ofState(before);
      const gates = applyActivation(
        builder,
        layer,
        sums === undefined
          ? builder.affine(part(x, 0, 2), ones, offsets.slice(0, 2 * units))
          : builder.elementwise("ADD", part(x, 0, 2), part(sums, 0, 2)),
        "recurrentActivation",
      );
      const reset = part(gates, 1);
      const left =
        sums === undefined
          ? builder.affine(reset, offsets.slice(2 * units), new Float32Array(units))
          : builder.elementwise("MUL", reset, part(sums, 2));
      const candidate = applyActivation(builder, layer, builder.elementwise("ADD", part(x, 2), left));
      return [blend(builder, part(gates, 0), candidate, before)];
    };
  },
};

const simple: Kind = {
  gates: [0],
  step({ builder, layer, recur }) {
    const fromState = recur([0]);
    return (x, states) => {
      const sums = states ? builder.elementwise("ADD", x, fromState(states[0]!)) : x;
      return [applyActivation(builder, layer, sums)];
    };
  },
};

const kinds: Readonly<Record<string, Kind>> = { LSTM: lstm, GRU: gru, SimpleRNN: simple };

function checkOptions(layer: LayerView, because: string | undefined): void {
  if (layer.config["stateful"] === true)
    refuse(
      layer,
      `it keeps its state from one call to the next (stateful), which only an LSTM can that becomes one operator${because === undefined ? "" : `, and ${because}`}`,
      "such an LSTM, or a layer that reads a whole sequence",
    );
}

/** The states behind each step, [1, units] each, the output first, in the order in which the steps are computed. @param inputs the sequence, then the first states where they are given */
function unroll(builder: GraphBuilder, layer: LayerView, inputs: readonly number[]): number[][] {
  const kind = layer.config["resetAfter"] === true ? gruResetAfter : kinds[layer.className]!;
  const because = whyNotFused(layer, inputs);
  checkOptions(layer, because);
  const [, steps, width] = requireRank(builder, layer, inputs[0]!, [3]) as [number, number, number];
  builder.unrolled(layer.className, steps, because);
  const units = Number(layer.config["units"]);
  const kernel = gateRows(weight(layer, "kernel"), units, kind.gates);
  const recurrent = weight(layer, "recurrent_kernel");
  const columns = kernel.shape[0]!;
  const given = layer.weights["bias"]?.data;
  const bias = Float32Array.from({ length: columns }, (_, i) =>
    given ? given[kind.gates[Math.floor(i / units)]! * units + (i % units)]! : 0,
  );
  const rows = builder.fullyConnected(
    builder.reshape(inputs[0]!, [steps, width]),
    builder.constant("kernel", kernel.shape, kernel.data),
    builder.constant("bias", [columns], bias),
  );
  const shares = builder.reshape(rows, [1, steps, columns]);
  const cell: Cell = {
    builder,
    layer,
    units,
    part: (tensor, first, count = 1) =>
      builder.shape(tensor)[1] === count * units
        ? tensor
        : builder.slice(tensor, [0, first * units], [1, (first + count) * units]),
    recur(gates, bias) {
      const { shape, data } = gateRows(recurrent, units, gates);
      const offsets = bias ?? new Float32Array(shape[0]!);
      return (state) =>
        builder.fullyConnected(
          state,
          builder.constant("recurrent", shape, data),
          builder.constant("offsets", [shape[0]!], offsets),
        );
    },
  };
  const step = kind.step(cell);
  const [, ...first] = inputs;
  return builder.sharingIntegers(() => stepByStep(cell, shares, step, first.length > 0 ? first : undefined));
}

/** @param shares the inputs' shares of the gates, [1, steps, gates * units] */
function stepByStep({ builder, layer }: Cell, shares: number, step: Step, first: number[] | undefined): number[][] {
  const [, steps, columns] = builder.shape(shares) as [number, number, number];
  const order = [...Array(steps).keys()];
  if (layer.config["goBackwards"] === true) order.reverse();
  const part = (whole: number, at: number, width: number): number =>
    builder.reshape(steps === 1 ? whole : builder.slice(whole, [0, at, 0], [1, at + 1, width]), [1, width]);
  const mask = layer.mask?.();
  const behind: number[][] = [];
  for (const at of order) {
    const before = behind.at(-1) ?? first;
    const after = step(part(shares, at, columns), before);
    behind.push(mask === undefined ? after : whereCounted(builder, part(mask, at, 1), after, before));
  }
  return behind;
}

/** A step that does not count leaves the states as they are; at first they are zeros. */
function whereCounted(builder: GraphBuilder, counts: number, after: number[], before: number[] | undefined): number[] {
  // As int8 each takes the quantization of what it stands beside.
  const zero = (): number => builder.constant("zero", [1], new Float32Array(1));
  const counted = builder.greater(counts, zero());
  return after.map((state, i) => builder.select(counted, state, before?.[i] ?? zero()));
}

/** [1, units] of each step as [1, steps, units]. */
function gathered(builder: GraphBuilder, outputs: readonly number[]): number {
  const rows = outputs.map((output) => builder.reshape(output, [1, 1, builder.shape(output)[1]!]));
  return rows.length === 1 ? rows[0]! : builder.concatenate(rows, 1);
}

const outputsOf = (behind: readonly number[][]): number[] => behind.map(([output]) => output!);

const isSequence = ({ config }: LayerView): boolean => config["returnSequences"] === true;

interface Direction {
  output: number;
  /** Behind the last step that is computed. */
  states: number[];
}

/** One direction; its outputs as they are computed, or from the last to the first, or the last alone. */
function direction(builder: GraphBuilder, layer: LayerView, inputs: readonly number[], isReversed: boolean): Direction {
  if (isFused(builder, layer, inputs)) {
    const output = fused(builder, layer, inputs[0]!, isSequence(layer));
    return { output: isReversed && isSequence(layer) ? builder.reversed(output) : output, states: [] };
  }
  const behind = unroll(builder, layer, inputs);
  const outputs = outputsOf(behind);
  const output = isSequence(layer) ? gathered(builder, isReversed ? outputs.toReversed() : outputs) : outputs.at(-1)!;
  return { output, states: behind.at(-1)! };
}

const withStates = (layer: LayerView, outputs: number[], ...directions: Direction[]): number[] =>
  layer.config["returnState"] === true ? [...outputs, ...directions.flatMap(({ states }) => states)] : outputs;

const recurrent: Translate = (builder, layer, inputs) => {
  const only = direction(builder, layer, inputs, false);
  return withStates(layer, [only.output], only);
};

const merges = {
  concat: (builder, a, b) => builder.concatenate([a, b], builder.shape(a).length - 1),
  sum: (builder, a, b) => builder.elementwise("ADD", a, b),
  mul: (builder, a, b) => builder.elementwise("MUL", a, b),
  ave: (builder, a, b) => scaled(builder, builder.elementwise("ADD", a, b), 0.5, 0),
} satisfies Record<string, (builder: GraphBuilder, a: number, b: number) => number>;

/** Else its two outputs stay apart. */
export const isMerged = ({ config }: LayerView): boolean => (config["mergeMode"] ?? null) !== null;

function merge(builder: GraphBuilder, layer: LayerView, a: number, b: number): number {
  const mode = String(layer.config["mergeMode"]);
  if (!Object.hasOwn(merges, mode))
    refuse(layer, `its mergeMode is ${mode}`, `one of ${Object.keys(merges).join(", ")}, or null`);
  return merges[mode as keyof typeof merges](builder, a, b);
}

const bidirectional: Translate = (builder, layer, inputs) => {
  const [forward, backward] = layer.inner.map((inner) => ({ ...inner, ...(layer.mask && { mask: layer.mask }) })) as [
    LayerView,
    LayerView,
  ];
  if (!Object.hasOwn(kinds, forward.className))
    refuse(layer, `it wraps a ${forward.className}`, `one of ${Object.keys(kinds).join(", ")}`);
  const [input, ...states] = inputs as [number, ...number[]];
  const half = states.length / 2;
  const there = direction(builder, forward, [input, ...states.slice(0, half)], false);
  const back = direction(builder, backward, [input, ...states.slice(half)], true);
  const outputs = [there.output, back.output] as const;
  return withStates(forward, isMerged(layer) ? [merge(builder, layer, ...outputs)] : [...outputs], there, back);
};

export const recurrentLayers = {
  LSTM: recurrent,
  GRU: recurrent,
  SimpleRNN: recurrent,
  Bidirectional: bidirectional,
} satisfies { [layer in LayerName]?: Translate };
