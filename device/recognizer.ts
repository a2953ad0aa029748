import Inference, { type Tensor } from "inference";
import type { FeatureWindow } from "./codec/types.js";
import { windowsAtOnce, type NodeConfig } from "./config.js";
import { Features } from "./features/features.js";
import { isNamed, Normalizer, requireNames } from "./normalizer.js";
import type { Ring } from "./ring.js";
import { readVerdict, type Verdict } from "./verdict.js";

/** A window under way. */
interface Lane {
  readonly features: Features;
  rows: Float32Array;
  readonly data: Int8Array;
  /** Frames that are quantized. */
  quantized: number;
}

/** A window's samples, frame by frame -> a verdict; of windows that overlap, several at a time. The constructor allocates everything and checks the model against the node description. */
export class Recognizer {
  readonly #lanes: readonly Lane[];
  readonly #features: Features;
  readonly #normalizer: Normalizer;
  readonly #inference: Inference;
  readonly #classes: readonly string[];
  /** Of the last window with a verdict; the same until another one begins in their place. */
  #lastRows: Float32Array | undefined;
  #spareRows: Float32Array | undefined;
  readonly #input: Int8Array;
  readonly #output: Tensor;
  /** The last window as the network saw it, until the next one begins. */
  readonly window: FeatureWindow;

  /**
   * @param classes as the node description has them, before settings
   * @param network for windows: see `FeatureWindow`
   * @throws Error when the model or the normalizer does not match the node description
   */
  constructor(
    config: NodeConfig,
    model: ArrayBufferLike | object,
    normalizer: ArrayBuffer,
    classes: readonly string[] = config.classes,
    network?: number,
  ) {
    this.#features = new Features(config);
    const { frames, layout } = this.#features;
    const size = frames * layout.count;
    this.#classes = config.classes;
    this.#lanes = Array.from({ length: windowsAtOnce(config) }, (_, lane) => ({
      features: lane === 0 ? this.#features : new Features(config, this.#features),
      rows: new Float32Array(size),
      data: new Int8Array(size),
      quantized: 0,
    }));
    this.#inference = new Inference({ model, arena: config.model.arenaBytes });
    const input = this.#inference.input(0);
    const output = this.#inference.output(0);
    if (input.type !== "int8" || input.data.length !== size)
      throw new RangeError(
        `model: its input is ${input.type} [${input.shape.join(", ")}], int8 of ${frames} frames of ${layout.count} features expected`,
      );
    if (output.type !== "int8" || output.data.length !== config.classes.length)
      throw new RangeError(
        `model: its output is ${output.type} [${output.shape.join(", ")}], int8 of ${config.classes.length} classes expected`,
      );
    this.#input = input.data;
    this.#output = output;
    this.#normalizer = new Normalizer(normalizer, layout.count, input);
    const named = new Uint8Array(normalizer);
    if (isNamed(named)) requireNames(named, { features: layout.names, classes });
    this.window = { frames, features: layout.count, data: this.#lanes[0]!.data, network };
  }

  get featureNames(): readonly string[] {
    return this.#features.layout.names;
  }

  /** Bytes of the arena that the model needs. */
  get arenaUsed(): number {
    return this.#inference.arenaUsed;
  }

  /** A new window begins. @param lane which of those under way */
  begin(lane = 0): void {
    const it = this.#lanes[lane]!;
    it.features.begin();
    it.quantized = 0;
    if (it.rows !== this.#lastRows) return;
    it.rows = this.#spareRows ?? new Float32Array(it.rows.length);
    this.#spareRows = undefined;
  }

  /** A sensor's next frame is complete, its newest samples in `ring`: does all of the window's work that its samples allow. */
  endFrame(sensor: number, ring: Ring, lane = 0): void {
    const it = this.#lanes[lane]!;
    const rows = it.features.endFrame(sensor, ring, it.rows);
    const { features } = this.window;
    this.#normalizer.quantize(it.rows, it.data, it.quantized * features, rows * features);
    it.quantized = rows;
  }

  #isInUse(rows: Float32Array): boolean {
    for (let i = 0; i < this.#lanes.length; i++) if (this.#lanes[i]!.rows === rows) return true;
    return false;
  }

  /** After the last frame of all sensors. @param time the window's start, seconds since 1970 */
  recognize(time: number, lane = 0): Verdict {
    const { rows, data: window } = this.#lanes[lane]!;
    const last = this.#lastRows;
    if (last && last !== rows && !this.#isInUse(last)) this.#spareRows = last;
    this.#lastRows = rows;
    this.window.data = window;
    this.#input.set(window);
    this.#inference.invoke();
    const { data, scale, zeroPoint } = this.#output;
    return readVerdict(data, scale, zeroPoint, this.#classes, time);
  }

  /** A feature's value in each frame of the last window with a verdict; 0 when there was none yet. @throws RangeError for an unknown name */
  feature(name: string): number[] {
    const { count, names } = this.#features.layout;
    const column = names.indexOf(name);
    if (column < 0) throw new RangeError(`feature "${name}": the node has ${names.join(", ")}`);
    const values: number[] = [];
    for (let frame = 0; frame < this.#features.frames; frame++)
      values.push(this.#lastRows?.[frame * count + column] ?? 0);
    return values;
  }
}
