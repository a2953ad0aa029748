/** Metadata of TensorFlow Lite (metadata_schema.fbs of tensorflow/tflite-support, identifier M001), as the Task Library, Android Studio and MediaPipe read it. */
import { Builder, type Offset } from "flatbuffers";
import { float32s, int32, int8, offset, offsets, table, text } from "./fields.js";

/** Of the model's metadata entries the one that holds these bytes. */
export const metadataName = "TFLITE_METADATA";

/** (x - mean) / std, of one number each or one for each channel, is what the model takes. */
export interface Normalization {
  mean: readonly number[];
  std: readonly number[];
}

export interface TensorMetadata {
  name: string;
  /** Of a tensor that is an image; others are features. */
  image?: { channels: 1 | 3; width: number; height: number };
  normalization?: Normalization;
  /** Name of the file with a label a line, for each number along the last axis. */
  labels?: string;
}

export interface ModelMetadata {
  name: string;
  description?: string;
  inputs: readonly TensorMetadata[];
  outputs: readonly TensorMetadata[];
}

const contents = { feature: 1, image: 2 } as const;
const colorSpaces = { 3: 1, 1: 2 } as const;
const normalizationOptions = 1;
const axisLabels = 2;
/** The oldest parser that knows all fields that are written here. */
const parserVersion = "1.0.0";

function writeContent(builder: Builder, image: TensorMetadata["image"]): Offset {
  if (!image) {
    const feature = table(builder, []);
    return table(builder, [int8(contents.feature), offset(feature)]);
  }
  const size = table(builder, [int32(image.width), int32(image.height)]);
  const properties = table(builder, [int8(colorSpaces[image.channels]), offset(size)]);
  return table(builder, [int8(contents.image), offset(properties)]);
}

function writeNormalization(builder: Builder, { mean, std }: Normalization): Offset {
  const [means, stds] = [float32s(builder, mean), float32s(builder, std)];
  const options = table(builder, [offset(means), offset(stds)]);
  const unit = table(builder, [int8(normalizationOptions), offset(options)]);
  return offsets(builder, [unit]);
}

function writeLabels(builder: Builder, file: string): Offset {
  const name = text(builder, file);
  const description = text(builder, "Labels, one a line, for the numbers along the last axis.");
  return offsets(builder, [table(builder, [name, description, int8(axisLabels)])]);
}

function writeTensor(builder: Builder, tensor: TensorMetadata): Offset {
  const name = text(builder, tensor.name);
  const content = writeContent(builder, tensor.image);
  const units = tensor.normalization && writeNormalization(builder, tensor.normalization);
  const files = tensor.labels === undefined ? undefined : writeLabels(builder, tensor.labels);
  return table(builder, [
    name,
    undefined,
    undefined,
    offset(content),
    units === undefined ? undefined : offset(units),
    undefined,
    files === undefined ? undefined : offset(files),
  ]);
}

/** @returns the FlatBuffer */
export function writeMetadata({ name, description, inputs, outputs }: ModelMetadata): Uint8Array {
  const builder = new Builder(1024);
  const tensors = (list: readonly TensorMetadata[]): Offset =>
    offsets(
      builder,
      list.map((tensor) => writeTensor(builder, tensor)),
    );
  const [taken, given] = [tensors(inputs), tensors(outputs)];
  const subgraph = table(builder, [undefined, undefined, offset(taken), offset(given)]);
  const subgraphs = offsets(builder, [subgraph]);
  const [nameAt, about, version] = [text(builder, name), text(builder, description), text(builder, parserVersion)];
  const none = undefined;
  const root = table(builder, [nameAt, about, none, offset(subgraphs), none, none, none, version]);
  builder.finish(root, "M001");
  return Uint8Array.from(builder.asUint8Array());
}
