import type { LayerName } from "../../graph/operators/layers.js";
import { onlyOutput, refuse, requireRank, type LayerView, type Translate } from "./types.js";
import { sizeOf } from "../../graph/graph.js";

/** Layers that do to each element, or along the last axis, what they do whatever the axes before: all steps go through one call. */
const anyRank: ReadonlySet<string> = new Set<LayerName>([
  "Dense",
  "Activation",
  "ReLU",
  "LeakyReLU",
  "ELU",
  "ThresholdedReLU",
  "Embedding",
  "Rescaling",
  "Dropout",
  "SpatialDropout1D",
  "GaussianNoise",
  "GaussianDropout",
  "AlphaDropout",
]);

/** The inner layer on each step, [steps, ...] of it cut apart and put together again. @param translatorOf of the inner layer */
export const timeDistributed =
  (translatorOf: (layer: LayerView) => Translate): Translate =>
  (builder, layer, [input]) => {
    const [inner] = layer.inner as [LayerView];
    const translate = translatorOf(inner);
    const [batch, steps, ...shape] = requireRank(builder, layer, input!, [3, 4, 5]) as [number, number, ...number[]];
    if (anyRank.has(inner.className)) return translate(builder, inner, [input!]);
    if (inner.className === "Flatten") return builder.reshape(input!, [batch, steps, sizeOf(shape)]);
    if (inner.config["stateful"] === true)
      refuse(
        inner,
        "it keeps its state from one step of a TimeDistributed to the next (stateful)",
        "one that does not",
      );
    builder.unrolled(layer.className, steps);
    // TensorFlow Lite Micro slices and joins at most four axes.
    const rows = builder.reshape(input!, [batch, steps, sizeOf(shape)]);
    let out: number[] = [];
    const each = (at: number): number => {
      const row = steps === 1 ? rows : builder.slice(rows, [0, at, 0], [batch, at + 1, sizeOf(shape)]);
      const result = onlyOutput(inner, translate(builder, inner, [builder.reshape(row, [batch, ...shape])]));
      out = builder.shape(result).slice(1);
      return builder.reshape(result, [batch, 1, sizeOf(out)]);
    };
    const results = builder.sharingIntegers(() => Array.from({ length: steps }, (_, at) => each(at)));
    return builder.reshape(results.length === 1 ? results[0]! : builder.concatenate(results, 1), [
      batch,
      steps,
      ...out,
    ]);
  };
