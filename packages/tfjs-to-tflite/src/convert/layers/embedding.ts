import { refuse, weight, type Translate } from "./types.js";

/**
 * A row of its table for each number: GATHER. The numbers are an input of the model, which is int32 in the file, float or int8; TensorFlow Lite Micro and micro have no way
 * from real numbers as int8 to rows.
 */
export const embedding: Translate = (builder, layer, [input]) => {
  const { graph } = builder;
  if (!graph.inputs.includes(input!))
    refuse(layer, "its numbers are computed by layers before it", "an Embedding right behind an input of the model");
  const { shape, data } = weight(layer, "embeddings");
  const [rows] = shape as [number];
  const given = graph.tensors[input!]!;
  graph.tensors[input!] = { ...given, type: "INT32", below: Math.min(rows, given.below ?? rows) };
  return builder.rows(builder.constant("table", shape, data), input!);
};
