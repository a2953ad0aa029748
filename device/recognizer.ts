import Inference, { type Tensor } from "inference";
import type { FeatureWindow } from "./codec/types.js";
import type { NodeConfig } from "./config.js";
import { Features } from "./features/features.js";
import { isNamed, Normalizer, requireNames } from "./normalizer.js";
import type { Ring } from "./ring.js";
import { readVerdict, type Verdict } from "./verdict.js";

/** A window's samples, frame by frame -> a verdict. The constructor allocates everything and checks the model against the node description. */
export class Recognizer {
  readonly #features: Features;
  readonly #normalizer: Normalizer;
  readonly #inference: Inference;
  readonly #classes: readonly string[];
  #rows: Float32Array;
  /** Of the last window with a verdict; the same until another one begins. */
  #lastRows: Float32Array | undefined;
  #spareRows: Float32Array | undefined;
  readonly #input: Int8Array;
  readonly #output: Tensor;
  /** Frames of the current window that are quantized. */
  #quantized = 0;
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
    this.#rows = new Float32Array(size);
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
    this.window = { frames, features: layout.count, data: new Int8Array(size), network };
  }

  get featureNames(): readonly string[] {
    return this.#features.layout.names;
  }

  /** Bytes of the arena that the model needs. */
  get arenaUsed(): number {
    return this.#inference.arenaUsed;
  }

  /** A new window begins. */
  begin(): void {
    this.#features.begin();
    this.#quantized = 0;
    if (this.#rows === this.#lastRows) this.#rows = this.#spareRows ?? new Float32Array(this.#rows.length);
  }

  /** A sensor's next frame is complete, its newest samples in `ring`: does all of the window's work that its samples allow. */
  endFrame(sensor: number, ring: Ring): void {
    const rows = this.#features.endFrame(sensor, ring, this.#rows);
    const { features, data } = this.window;
    this.#normalizer.quantize(this.#rows, data, this.#quantized * features, rows * features);
    this.#quantized = rows;
  }

  /** After the last frame of all sensors. @param time the window's start, seconds since 1970 */
  recognize(time: number): Verdict {
    if (this.#lastRows !== this.#rows) this.#spareRows = this.#lastRows;
    this.#lastRows = this.#rows;
    this.#input.set(this.window.data);
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
