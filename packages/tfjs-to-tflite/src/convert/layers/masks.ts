/** Which steps of a sequence count: said by Masking and by an Embedding (maskZero), handed on by layers, and read by recurrent ones. */
import type { GraphBuilder } from "../builder.js";
import { isMerged } from "./recurrent.js";
import { refuse, weight, type LayerView } from "./types.js";

/** Makes the tensor, [1, steps, 1], that is over 0 at steps that count and else 0; the same for each reader. @throws UserError naming a reader that the mask cannot be made for */
export type Mask = (reader: LayerView) => number;

/** What becomes operators only if a layer reads it, and then once. */
function lazily(builder: GraphBuilder, { name }: LayerView, make: () => number): Mask {
  let made: number | undefined;
  return () => {
    if (made !== undefined) return made;
    const reader = builder.layer;
    builder.layer = name;
    made = make();
    builder.layer = reader;
    return made;
  };
}

/** A step of zeros alone does not count. */
const notZero = (builder: GraphBuilder, layer: LayerView, input: number): Mask =>
  lazily(builder, layer, () =>
    builder.reduce("REDUCE_MAX", builder.unary("ABS", input), [builder.shape(input).length - 1], true),
  );

/** The number 0 does not count: a table of its own says so. */
const notFirstRow = (builder: GraphBuilder, layer: LayerView, input: number): Mask =>
  lazily(builder, layer, () => {
    const [rows] = weight(layer, "embeddings").shape as [number];
    const table = builder.constant("counts", [rows, 1], new Float32Array(rows).fill(1, 1));
    return builder.rows(table, input);
  });

/**
 * The mask behind a layer, as tfjs hands it on; undefined: all steps count.
 * @param supports whether tfjs says of the layer that it hands on masks @param masks of its inputs
 */
export function maskBehind(
  builder: GraphBuilder,
  layer: LayerView,
  inputs: readonly number[],
  supports: boolean,
  masks: readonly (Mask | undefined)[],
): Mask | undefined {
  if (layer.className === "Masking") return notZero(builder, layer, inputs[0]!);
  if (layer.className === "Embedding")
    return layer.config["maskZero"] === true ? notFirstRow(builder, layer, inputs[0]!) : undefined;
  if (!supports || masks.every((mask) => mask === undefined)) return undefined;
  const reading = layer.inner[0] ?? layer;
  if (reading.config["returnSequences"] === false) return undefined;
  if (masks.length === 1 || reading.config["returnSequences"] === true) return masks[0];
  return (reader) =>
    refuse(
      reader,
      `the steps that it skips are said by masks that "${layer.name}" (${layer.className}) joins`,
      `Masking behind "${layer.name}"`,
    );
}

/** Of a layer's outputs those that have its mask: not the states, and both directions of a Bidirectional that does not merge them. */
export const maskedOutputs = <T>(layer: LayerView, outputs: readonly T[]): readonly T[] =>
  outputs.slice(0, layer.className === "Bidirectional" && !isMerged(layer) ? 2 : 1);
