import type { TfliteModel } from "../tflite/index.js";

/** The model with these bytes as its metadata of that name. Older ones go, and their buffer is used again when nothing else has it. */
export function withMetadata(model: TfliteModel, name: string, bytes: Uint8Array): TfliteModel {
  const metadata = model.metadata.filter((each) => each.name !== name);
  const used = new Set([
    0,
    ...model.subgraphs.flatMap(({ tensors }) => tensors.map(({ buffer }) => buffer)),
    ...metadata.map(({ buffer }) => buffer),
  ]);
  const old = model.metadata.find(
    (each) => each.name === name && each.buffer < model.buffers.length && !used.has(each.buffer),
  );
  const buffers = old ? model.buffers.map((each, i) => (i === old.buffer ? bytes : each)) : [...model.buffers, bytes];
  return { ...model, buffers, metadata: [...metadata, { name, buffer: old ? old.buffer : model.buffers.length }] };
}
