/** Weights whose products the micro engine takes by twos, because those of three or four of them do not fit a field of 16 bits: native/inference/micro/microDot.h. */
import { sizeOf } from "tfjs-to-tflite/graph/shape.js";
import type { Subgraph, TfliteModel } from "tfjs-to-tflite/tflite/index.js";

/** Largest sum of the magnitudes of weights that are multiplied together. */
const largestSum = 255;
/** Taps of a window that are gathered at once: microConvolve.c. */
const mostTaps = 512;
/** Of a block of pixels on RV32. */
const pixelsAtOnce = 4;

/** How a layer's weights are taken: `rows` rows of `group` taps at once, `split` of which are multiplied together. */
interface Blocking {
  rows: number;
  group: number;
  split: number;
  /** What a group that is not light takes more, in instructions of RV32: measured on the example's network. */
  cost: number;
}
const ofPair: Blocking = { rows: 6, group: 4, split: 4, cost: 43 };
const ofBlock: Blocking = { rows: 3, group: 6, split: 3, cost: 50 };

/** The first taps of the groups, in which some at the beginning of each part of a window are not. */
function groupsOf(taps: number, part: number, group: number): number[] {
  const starts: number[] = [];
  for (let from = 0; from + group <= taps; from += part) {
    const to = Math.min(from + part, taps);
    for (let at = from + ((to - from) % group); at < to; at += group) starts.push(at);
  }
  return starts;
}

function rowsAtOnce(kernelHeight: number, rowTaps: number): number {
  if (kernelHeight * rowTaps <= mostTaps) return kernelHeight;
  return rowTaps > mostTaps / 2 ? 1 : Math.floor(mostTaps / rowTaps);
}

/** The groups of a convolution's weights, as rows and taps change places. Rows are output channels, taps the weights of one. */
export class HeavyGroups {
  /** Groups that are not light, of all rows that are taken at once. */
  count = 0;
  readonly #magnitudes: Uint8Array;
  /** Of each tap its group, or -1. */
  readonly #groupAt: Int32Array;
  /** By row and group: whether that row makes it heavy. */
  readonly #isHeavy: Uint8Array;
  /** By rows that are taken at once, and group: how many of the rows do. */
  readonly #heavyRows: Uint8Array;
  /** How many are heavy of a row, and of a group. */
  readonly #ofRow: Uint32Array;
  readonly #ofGroup: Uint32Array;

  /** @param weights row by row @param times that they are multiplied in an invoke */
  private constructor(
    weights: Int8Array,
    readonly rows: number,
    readonly taps: number,
    private readonly starts: readonly number[],
    private readonly blocking: Blocking,
    private readonly times: number,
  ) {
    this.#magnitudes = Uint8Array.from(weights, Math.abs);
    this.#groupAt = new Int32Array(taps).fill(-1);
    starts.forEach((start, group) => this.#groupAt.fill(group, start, start + blocking.group));
    this.#isHeavy = new Uint8Array(rows * starts.length);
    this.#heavyRows = new Uint8Array(Math.ceil(rows / blocking.rows) * starts.length);
    this.#ofRow = new Uint32Array(rows);
    this.#ofGroup = new Uint32Array(starts.length);
    starts.forEach((_, group) => this.#look(group));
  }

  /** Those of an operator; undefined where the engine has no lists of them. */
  static of(model: TfliteModel, graph: Subgraph, name: string, operator: number): HeavyGroups | undefined {
    const { inputs, outputs } = graph.operators[operator]!;
    const [input, weights, output] = [inputs[0], inputs[1], outputs[0]].map((tensor) => graph.tensors[tensor ?? -1]);
    const isDepthwise = name === "DEPTHWISE_CONV_2D" && input?.shape[3] === 1;
    const isInt8 = input?.type === "INT8" && weights?.type === "INT8";
    if ((name !== "CONV_2D" && !isDepthwise) || !isInt8 || !output) return undefined;
    const { shape, quantization } = weights;
    const data = model.buffers[weights.buffer] ?? new Uint8Array();
    if (shape.length !== 4 || data.length === 0 || data.length !== sizeOf(shape)) return undefined;
    const rows = shape[isDepthwise ? 3 : 0]!;
    const pixels = sizeOf(output.shape) / rows;
    if (pixels <= 1 || quantization?.zeroPoint.some((zero) => zero !== 0)) return undefined;
    const taps = data.length / rows;
    const values = new Int8Array(data.buffer, data.byteOffset, data.length);
    const byRow = isDepthwise
      ? Int8Array.from(values, (_, i) => values[(i % taps) * rows + Math.floor(i / taps)]!)
      : values;
    const rowTaps = taps / shape[1]!;
    const blocking = pixels <= 2 ? ofPair : ofBlock;
    const starts = groupsOf(taps, rowTaps * rowsAtOnce(shape[1]!, rowTaps), blocking.group);
    const times = pixels <= 2 ? 1 : Math.floor((pixels + 1) / pixelsAtOnce);
    return new HeavyGroups(byRow, rows, taps, starts, blocking, times);
  }

  /** What they take more than light ones, in instructions of RV32. */
  get cost(): number {
    return this.count * this.blocking.cost * this.times;
  }

  /** Steps that exchanging two rows takes, and two of the inputs' channels. */
  get stepsForRows(): number {
    return this.starts.length + this.taps;
  }
  stepsForChannels(channels: number): number {
    return 2 * this.rows * (this.taps / channels) * this.blocking.group;
  }

  #change(row: number, group: number, isHeavy: number): void {
    const groups = this.starts.length;
    const at = Math.floor(row / this.blocking.rows) * groups + group;
    this.#isHeavy[row * groups + group] = isHeavy;
    this.#ofRow[row]! += 2 * isHeavy - 1;
    this.#ofGroup[group]! += 2 * isHeavy - 1;
    const rows = (this.#heavyRows[at]! += 2 * isHeavy - 1);
    if (rows === isHeavy) this.count += 2 * isHeavy - 1;
  }

  #isHeavyRow(first: number): number {
    const { group, split } = this.blocking;
    for (let part = first; part < first + group; part += split) {
      let sum = 0;
      for (let i = part; i < part + split; i++) sum += this.#magnitudes[i]!;
      if (sum > largestSum) return 1;
    }
    return 0;
  }

  /** Looks at a group in every row. */
  #look(group: number): void {
    const groups = this.starts.length;
    for (let row = 0; row < this.rows; row++) {
      const isHeavy = this.#isHeavyRow(row * this.taps + this.starts[group]!);
      if (isHeavy !== this.#isHeavy[row * groups + group]) this.#change(row, group, isHeavy);
    }
  }

  /** Whether exchanging two rows, or two of the inputs' channels, may make fewer of them. */
  mayGainByRows(a: number, b: number): boolean {
    return this.#ofRow[a]! + this.#ofRow[b]! > 0;
  }
  mayGainByChannels(a: number, b: number, channels: number): boolean {
    for (let pixel = 0; pixel < this.taps; pixel += channels)
      if (this.#isGroupHeavy(pixel + a) || this.#isGroupHeavy(pixel + b)) return true;
    return false;
  }
  #isGroupHeavy(tap: number): boolean {
    const group = this.#groupAt[tap]!;
    return group >= 0 && this.#ofGroup[group]! > 0;
  }

  exchangeRows(a: number, b: number): void {
    const groups = this.starts.length;
    for (let group = 0; group < groups; group++) {
      const [first, second] = [this.#isHeavy[a * groups + group]!, this.#isHeavy[b * groups + group]!];
      if (first === second) continue;
      this.#change(a, group, second);
      this.#change(b, group, first);
    }
    const from = this.#magnitudes.slice(a * this.taps, (a + 1) * this.taps);
    this.#magnitudes.copyWithin(a * this.taps, b * this.taps, (b + 1) * this.taps);
    this.#magnitudes.set(from, b * this.taps);
  }

  /** Exchanges two of the inputs' channels, at every place of the window. */
  exchangeChannels(a: number, b: number, channels: number): void {
    for (let pixel = 0; pixel < this.taps; pixel += channels) {
      for (let at = pixel; at < this.#magnitudes.length; at += this.taps) {
        const magnitude = this.#magnitudes[at + a]!;
        this.#magnitudes[at + a] = this.#magnitudes[at + b]!;
        this.#magnitudes[at + b] = magnitude;
      }
      const [first, second] = [this.#groupAt[pixel + a]!, this.#groupAt[pixel + b]!];
      if (first >= 0) this.#look(first);
      if (second >= 0 && second !== first) this.#look(second);
    }
  }
}
