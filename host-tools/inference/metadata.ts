import type { TfliteModel } from "tfjs-to-tflite/tflite/index.js";

const nothing = new Uint8Array(0);

/**
 * The model with these bytes as its metadata of that name. Older ones go, and their buffer is used again when nothing else has it.
 * @param last whether the bytes are to be the model's last buffer: an older one that is not is emptied
 */
export function withMetadata(model: TfliteModel, name: string, bytes: Uint8Array, last = false): TfliteModel {
  const metadata = model.metadata.filter((each) => each.name !== name);
  const used = new Set([
    0,
    ...model.subgraphs.flatMap(({ tensors }) => tensors.map(({ buffer }) => buffer)),
    ...metadata.map(({ buffer }) => buffer),
  ]);
  const old = model.metadata.find(
    (each) => each.name === name && each.buffer < model.buffers.length && !used.has(each.buffer),
  )?.buffer;
  const again = last && old !== model.buffers.length - 1 ? undefined : old;
  const buffers = model.buffers.map((each, i) => (i === again ? bytes : i === old ? nothing : each));
  const buffer = again ?? buffers.push(bytes) - 1;
  return { ...model, buffers, metadata: [...metadata, { name, buffer }] };
}

/** The model without metadata of that name, whose bytes go when nothing else has their buffer. */
export function withoutMetadata(model: TfliteModel, name: string): TfliteModel {
  if (!model.metadata.some((each) => each.name === name)) return model;
  const emptied = withMetadata(model, name, nothing);
  const { buffer } = emptied.metadata.at(-1)!;
  const metadata = emptied.metadata.filter((each) => each.name !== name);
  const isLast = buffer === emptied.buffers.length - 1;
  return { ...emptied, metadata, buffers: isLast ? emptied.buffers.slice(0, -1) : emptied.buffers };
}
