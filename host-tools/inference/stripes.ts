/**
 * A model in pieces: some consecutive operators computed in stripes of rows, one stripe after the other, so that of what lies between them only
 * one stripe is in memory at a time. What comes out are operators that every engine has: SLICE takes a stripe of an image, PAD puts the border
 * of zero points where the image has it, CONCATENATION joins the stripes of the result. Rows at the edges of stripes are computed twice.
 */
import { operators, type Builtin } from "tfjs-to-tflite/graph/operators/index.js";
import {
  paddings,
  type Subgraph,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
} from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, operatorNames } from "./graph.js";
import { offlinePlanName } from "./offlinePlan.js";
import { axisBorder, rowRule, type Border, type RowRule, type Rows } from "./rows.js";

/** Operators `first` to `last`, both included, in `stripes` stripes of rows of the last one's output. */
export interface Cut {
  first: number;
  last: number;
  stripes: number;
}

/** A model that grows. */
class Rewriting {
  readonly tensors: TfliteTensor[];
  readonly buffers: Uint8Array[];
  readonly operatorCodes: TfliteModel["operatorCodes"];
  readonly operators: TfliteOperator[] = [];
  readonly #constants = new Map<string, number>();

  constructor(model: TfliteModel, graph: Subgraph) {
    this.tensors = [...graph.tensors];
    this.buffers = [...model.buffers];
    this.operatorCodes = [...model.operatorCodes];
  }

  int32s(shape: number[], values: number[]): number {
    const key = `${shape.join("x")}:${values.join()}`;
    let tensor = this.#constants.get(key);
    if (tensor === undefined) {
      const buffer = this.buffers.push(new Uint8Array(Int32Array.from(values).buffer)) - 1;
      tensor = this.tensors.push({ name: key, shape, type: "INT32", buffer }) - 1;
      this.#constants.set(key, tensor);
    }
    return tensor;
  }

  /** A tensor like another, with other rows. */
  like(tensor: number, name: string, shape: number[]): number {
    const { type, quantization, name: whole } = this.tensors[tensor]!;
    return (
      this.tensors.push({ name: `${whole} ${name}`, shape, type, buffer: 0, ...(quantization && { quantization }) }) - 1
    );
  }

  operator(name: Builtin, inputs: number[], output: number, options: Record<string, number> = {}): number {
    const { code, options: table, version } = operators[name];
    const { type } = this.tensors[output]!;
    const used = version({ input: type, output: type, options });
    let opcodeIndex = this.operatorCodes.findIndex((known) => known.builtinCode === code && known.version >= used);
    if (opcodeIndex < 0) opcodeIndex = this.operatorCodes.push({ builtinCode: code, version: used }) - 1;
    this.operators.push({
      opcodeIndex,
      inputs,
      outputs: [output],
      ...(table !== "none" && { options: { type: table.type, ...options } }),
    });
    return output;
  }
}

const withRows = ([batch, , ...rest]: number[], rows: number): number[] => [batch!, rows, ...rest];
const count = ({ from, to }: Rows): number => to - from;
const hull = (a: Rows | undefined, b: Rows): Rows =>
  a ? { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) } : b;

/** Stripe `i` of `stripes`, whose heights differ by one row at most. */
const stripeOf = (height: number, stripes: number, i: number): Rows => ({
  from: Math.floor((height * i) / stripes),
  to: Math.floor((height * (i + 1)) / stripes),
});

interface Piece {
  tensor: number;
  rows: Rows;
}

/** One stripe: the operators of a cut on the rows that it needs of each tensor. */
class Stripe {
  /** By tensor of the whole model: what there is of it. */
  readonly #pieces = new Map<number, Piece>();

  constructor(
    private readonly to: Rewriting,
    private readonly whole: readonly TfliteTensor[],
  ) {}

  /** Rows of a tensor: a piece that there is, or a slice of it, or of the whole tensor. */
  rows(tensor: number, rows: Rows): number {
    const shape = this.whole[tensor]!.shape;
    const { tensor: from, rows: has } = this.#pieces.get(tensor) ?? { tensor, rows: { from: 0, to: shape[1]! } };
    if (has.from === rows.from && has.to === rows.to) return from;
    const begin = this.to.int32s([4], [0, rows.from - has.from, 0, 0]);
    const outShape = withRows(shape, count(rows));
    const size = this.to.int32s([4], outShape);
    return this.to.operator("SLICE", [from, begin, size], this.to.like(tensor, `${rows.from}..${rows.to}`, outShape));
  }

  #pad(input: number, { top, bottom, left, right }: Border): number {
    const [batch, height, width, channels] = this.to.tensors[input]!.shape as [number, number, number, number];
    const pads = this.to.int32s([4, 2], [0, 0, top, bottom, left, right, 0, 0]);
    const shape = [batch, top + height + bottom, left + width + right, channels];
    return this.to.operator("PAD", [input, pads], this.to.like(input, "padded", shape));
  }

  add(operator: TfliteOperator, rule: RowRule, rows: Rows): void {
    const output = operator.outputs[0]!;
    const { rows: wanted, border } = rule.reads(rows);
    const inputs = operator.inputs.map((input, i) => (rule.images.includes(i) ? this.rows(input, wanted) : input));
    const bordered = border.top + border.bottom + border.left + border.right > 0;
    const result = (): number =>
      this.to.like(output, `${rows.from}..${rows.to}`, withRows(this.whole[output]!.shape, count(rows)));
    let made: number;
    if (rule.kind === "pads") made = bordered ? this.#pad(inputs[0]!, border) : inputs[0]!;
    else {
      let options = operator.options;
      if (rule.kind === "window" && !ownBorder(operator, border, count(wanted), count(rows), this.whole)) {
        if (bordered) inputs[0] = this.#pad(inputs[0]!, border);
        options = { ...options!, padding: paddings.VALID };
      }
      made = result();
      this.to.operators.push({ ...operator, inputs, outputs: [made], ...(options && { options }) });
    }
    this.#pieces.set(output, { tensor: made, rows });
  }
}

/** Whether an operator that stays as it is puts the border of the stripe around it, of its own. */
function ownBorder(
  { options, inputs }: TfliteOperator,
  { top, bottom }: Border,
  rows: number,
  outRows: number,
  tensors: readonly TfliteTensor[],
): boolean {
  if (options?.["padding"] !== paddings.SAME) return top + bottom === 0;
  const stride = options["strideH"] as number;
  const height = options["filterH"] ?? tensors[inputs[1]!]!.shape[1]!;
  const extent = ((height as number) - 1) * ((options["dilationH"] as number | undefined) ?? 1) + 1;
  const [before, after] = axisBorder(paddings.SAME, rows, outRows, stride, extent);
  return Math.ceil(rows / stride) === outRows && before === top && after === bottom;
}

/** The rules of operators `first` to `last`; undefined when one has none, or when more than the last one's output is read behind them. */
export function rulesOf(model: TfliteModel, first: number, last: number): RowRule[] | undefined {
  const [graph] = allSubgraphs(model);
  const names = operatorNames(model, graph);
  const inside = graph.operators.slice(first, last + 1);
  const rules = inside.flatMap((operator, i) => rowRule(names[first + i]!, operator, model, graph.tensors) ?? []);
  if (rules.length < inside.length) return undefined;
  const between = new Set(inside.slice(0, -1).map(({ outputs }) => outputs[0]!));
  const behind = graph.operators.slice(last + 1).flatMap(({ inputs }) => inputs);
  return [...behind, ...graph.outputs].some((tensor) => between.has(tensor)) ? undefined : rules;
}

/** Rows, and as many more as it takes until some of them are not only border: a tensor has a row at least. */
function withImage(rule: RowRule, { from, to }: Rows): Rows {
  const { rows, border } = rule.reads({ from, to });
  if (rows.from < rows.to) return { from, to };
  return withImage(rule, border.top > 0 ? { from, to: to + 1 } : { from: from - 1, to });
}

/** The rows that a stripe needs of what each operator makes; undefined for an operator of which it needs none. */
function neededRows(inside: readonly TfliteOperator[], rules: readonly RowRule[], wanted: Rows): (Rows | undefined)[] {
  const needed = new Map([[inside.at(-1)!.outputs[0]!, wanted]]);
  return inside
    .map((operator, i) => ({ operator, rule: rules[i]! }))
    .toReversed()
    .map(({ operator, rule }) => {
      const asked = needed.get(operator.outputs[0]!);
      const rows = asked && withImage(rule, asked);
      if (rows)
        for (const i of rule.images) {
          const tensor = operator.inputs[i]!;
          needed.set(tensor, hull(needed.get(tensor), rule.reads(rows).rows));
        }
      return rows;
    })
    .toReversed();
}

/** Without tensors and codes that nothing uses. */
function compact(graph: Subgraph): Subgraph {
  const used = new Set([...graph.inputs, ...graph.outputs]);
  for (const { inputs, outputs } of graph.operators) for (const tensor of [...inputs, ...outputs]) used.add(tensor);
  const kept = graph.tensors.map((_, i) => i).filter((i) => used.has(i));
  const place = new Map(kept.map((tensor, i) => [tensor, i]));
  const moved = (list: number[]) => list.map((tensor) => place.get(tensor) ?? -1);
  return {
    ...graph,
    tensors: kept.map((i) => graph.tensors[i]!),
    inputs: moved(graph.inputs),
    outputs: moved(graph.outputs),
    operators: graph.operators.map((operator) => ({
      ...operator,
      inputs: moved(operator.inputs),
      outputs: moved(operator.outputs),
    })),
  };
}

/** The model with a cut; `rules` are those of rulesOf. Without an offline plan, which was for other tensors. */
export function cutRows(model: TfliteModel, { first, last, stripes }: Cut, rules: readonly RowRule[]): TfliteModel {
  const [graph, ...more] = allSubgraphs(model);
  const to = new Rewriting(model, graph);
  const inside = graph.operators.slice(first, last + 1);
  const result = inside.at(-1)!.outputs[0]!;
  to.operators.push(...graph.operators.slice(0, first));
  const parts = Array.from({ length: stripes }, (_, i) => {
    const wanted = stripeOf(graph.tensors[result]!.shape[1]!, stripes, i);
    const needed = neededRows(inside, rules, wanted);
    const stripe = new Stripe(to, graph.tensors);
    for (const [j, operator] of inside.entries()) if (needed[j]) stripe.add(operator, rules[j]!, needed[j]);
    return stripe.rows(result, wanted);
  });
  to.operator("CONCATENATION", parts, result, { axis: 1 });
  to.operators.push(...graph.operators.slice(last + 1));
  return {
    ...model,
    operatorCodes: to.operatorCodes,
    buffers: to.buffers,
    subgraphs: [compact({ ...graph, tensors: to.tensors, operators: to.operators }), ...more],
    metadata: model.metadata.filter(({ name }) => name !== offlinePlanName),
  };
}
