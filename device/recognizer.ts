import Inference from "inference";
import type { FeatureWindow } from "./codec/types.js";
import type { NodeConfig } from "./config.js";
import { Features } from "./features/features.js";
import { Normalizer } from "./normalizer.js";
import type { Ring } from "./ring.js";
import { readVerdict, type Verdict } from "./verdict.js";

/** A window's samples -> a verdict. The constructor allocates everything and checks the model against the node description. */
export class Recognizer {
  readonly #features: Features;
  readonly #normalizer: Normalizer;
  readonly #inference: Inference;
  readonly #classes: readonly string[];
  readonly #rows: Float32Array;
  /** The last window as the network saw it. */
  readonly window: FeatureWindow;

  /** @throws Error when the model or the normalizer does not match the node description */
  constructor(config: NodeConfig, model: ArrayBufferLike | object, normalizer: ArrayBuffer) {
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
    this.#normalizer = new Normalizer(normalizer, layout.count, input);
    this.window = { frames, features: layout.count, data: new Int8Array(size) };
  }

  get featureNames(): readonly string[] {
    return this.#features.layout.names;
  }

  /** Bytes of the arena that the model needs. */
  get arenaUsed(): number {
    return this.#inference.arenaUsed;
  }

  /** @param rings full, in the order of the sensors. @param time the window's start, seconds since 1970 */
  recognize(rings: readonly Ring[], time: number): Verdict {
    this.#features.compute(rings, this.#rows);
    const { data } = this.window;
    this.#normalizer.quantize(this.#rows, data);
    this.#inference.input(0).data.set(data);
    this.#inference.invoke();
    const output = this.#inference.output(0);
    return readVerdict(output.data, output.scale, output.zeroPoint, this.#classes, time);
  }

  /** A feature's value in each frame of the last window. @throws RangeError for an unknown name */
  feature(name: string): number[] {
    const { count, names } = this.#features.layout;
    const column = names.indexOf(name);
    if (column < 0) throw new RangeError(`feature "${name}": the node has ${names.join(", ")}`);
    const values: number[] = [];
    for (let frame = 0; frame < this.#features.frames; frame++) values.push(this.#rows[frame * count + column]!);
    return values;
  }
}
