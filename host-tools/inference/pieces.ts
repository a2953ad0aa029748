/** Chooses the pieces of a model (stripes.ts) with which it fits an arena: those that compute the fewest rows twice. */
import { writeTflite } from "tfjs-to-tflite/graph/tflite.js";
import { UserError } from "../lib/errors.js";
import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";
import { allSubgraphs, operatorNames } from "./graph.js";
import { liveBytes } from "./liveBytes.js";
import { macsOf } from "./macs.js";
import { microArena } from "./microArena.js";
import type { RowRule } from "./rows.js";
import { cutRows, rulesOf, type Cut } from "./stripes.js";

/** How far before and behind the operators that need too much a cut may reach. */
const reach = 12;

/** Of one cut. */
const mostStripes = 24;

/** What an operator costs besides its products, in products: it is decoded and set up at each invoke. */
const callCost = 1000;

/** What the model takes to compute, in products. */
export function costOf(model: TfliteModel): number {
  const [graph] = allSubgraphs(model);
  const names = operatorNames(model, graph);
  return graph.operators.reduce((sum, operator, i) => {
    const moved = names[i] === "PAD" ? bytesOf(graph.tensors[operator.outputs[0]!]!.shape) / 4 : 0;
    const called = names[i] === "SLICE" || names[i] === "CONCATENATION" ? 0 : callCost;
    return sum + macsOf(names[i]!, operator, graph.tensors) + moved + called;
  }, 0);
}

const bytesOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

interface Tried {
  cost: number;
  /** The most that liveBytes says of any operator of the pieces. */
  peak: number;
}

/** Cuts of a model, each tried once. */
class Cuts {
  readonly #rules = new Map<string, RowRule[] | undefined>();
  readonly #tried = new Map<string, Tried>();

  constructor(readonly model: TfliteModel) {}

  rules(first: number, last: number): RowRule[] | undefined {
    const key = `${first} ${last}`;
    if (!this.#rules.has(key)) this.#rules.set(key, rulesOf(this.model, first, last));
    return this.#rules.get(key);
  }

  try(cut: Cut, rules: readonly RowRule[], external: readonly number[]): Tried {
    const key = `${cut.first} ${cut.last} ${cut.stripes} ${external.join()}`;
    let tried = this.#tried.get(key);
    if (!tried) {
      const made = cutRows(this.model, cut, rules);
      const more = made.subgraphs[0]!.operators.length - this.model.subgraphs[0]!.operators.length;
      tried = {
        cost: costOf(made),
        peak: Math.max(...liveBytes(made, external).slice(cut.first, cut.last + 1 + more)),
      };
      this.#tried.set(key, tried);
    }
    return tried;
  }
}

const cutsOf = new WeakMap<TfliteModel, Cuts>();

/** The cheapest cut after which the operators from the first that is over the target to the last of its neighbours are not; undefined without one. */
function bestCut(
  model: TfliteModel,
  live: readonly number[],
  target: number,
  external: readonly number[],
): Cut | undefined {
  const cuts = cutsOf.get(model) ?? new Cuts(model);
  cutsOf.set(model, cuts);
  const [graph] = allSubgraphs(model);
  const from = live.findIndex((bytes) => bytes > target);
  let to = from;
  while ((live[to + 1] ?? 0) > target) to++;
  let best: (Tried & { cut: Cut }) | undefined;
  for (let first = from; first >= Math.max(0, from - reach); first--)
    for (let last = to; last <= Math.min(graph.operators.length - 1, to + reach); last++) {
      const rules = cuts.rules(first, last);
      if (!rules) continue;
      const rows = graph.tensors[graph.operators[last]!.outputs[0]!]!.shape[1]!;
      // The fewest stripes that do: more of them are smaller and cost more.
      let [few, enough] = [1, Math.min(rows, mostStripes)];
      if (enough < 2 || cuts.try({ first, last, stripes: enough }, rules, external).peak > target) continue;
      while (enough - few > 1) {
        const stripes = Math.floor((few + enough) / 2);
        if (cuts.try({ first, last, stripes }, rules, external).peak > target) few = stripes;
        else enough = stripes;
      }
      const cut = { first, last, stripes: enough };
      const tried = cuts.try(cut, rules, external);
      if (!best || tried.cost < best.cost) best = { ...tried, cut };
    }
  return best?.cut;
}

interface Pieces {
  model: TfliteModel;
  cuts: Cut[];
}

/** Cuts until no operator needs more than the target, by liveBytes; undefined where that is not possible. */
function cutTo(model: TfliteModel, target: number, external: readonly number[]): Pieces | undefined {
  const cuts: Cut[] = [];
  for (;;) {
    const live = liveBytes(model, external);
    if (live.every((bytes) => bytes <= target)) return { model, cuts };
    const next = bestCut(model, live, target, external);
    if (!next) return undefined;
    model = cutRows(model, next, rulesOf(model, next.first, next.last)!);
    cuts.push(next);
  }
}

export interface FittedModel extends Pieces {
  bytes: Uint8Array;
  /** Of arena, with micro. */
  needed: number;
}

async function measured(pieces: Pieces, external: readonly number[]): Promise<FittedModel> {
  const bytes = writeTflite(pieces.model);
  return { ...pieces, bytes, needed: (await microArena(bytes, pieces.model, external)).needed };
}

/** As little as cuts make of it, to a byte of liveBytes or so. */
async function smallest(model: TfliteModel, most: number, external: readonly number[]): Promise<FittedModel> {
  let [low, high] = [0, most];
  let best = cutTo(model, high, external) ?? { model, cuts: [] };
  while (high - low > 64) {
    const middle = Math.floor((low + high) / 2);
    const pieces = cutTo(model, middle, external);
    if (pieces) [best, high] = [pieces, middle];
    else low = middle;
  }
  return measured(best, external);
}

/**
 * The model as it is when it fits, else in pieces. Equal inputs give equal outputs.
 * @param arena bytes that the micro engine may take
 * @param external the inputs that are not in the arena, by number
 * @throws UserError with the least bytes that were found when it does not fit, or when the engine refuses the model
 */
export async function fitModel(
  model: TfliteModel,
  arena: number,
  external: readonly number[] = [],
): Promise<FittedModel> {
  const whole = await measured({ model, cuts: [] }, external);
  if (whole.needed <= arena) return whole;
  let least = whole;
  for (let target = arena; target > 0;) {
    const pieces = cutTo(model, target, external);
    if (!pieces) break;
    const fitted = await measured(pieces, external);
    if (fitted.needed <= arena) return fitted;
    if (fitted.needed < least.needed) least = fitted;
    // What comes on top of the live bytes: records, scratch, gaps.
    target -= Math.max(16, Math.floor((fitted.needed - arena) / 2));
  }
  const small = await smallest(model, whole.needed, external);
  if (small.needed <= arena) return small;
  if (small.needed < least.needed) least = small;
  const n = (value: number) => value.toLocaleString("en-US");
  const needs =
    least === whole
      ? `the model needs ${n(whole.needed)} bytes of arena, and none of its operators can run in pieces that take less`
      : `the model needs at least ${n(least.needed)} bytes of arena in pieces (${n(whole.needed)} whole)`;
  throw new UserError(`${needs}; ${n(arena)} given (${n(least.needed - arena)} short)`);
}
