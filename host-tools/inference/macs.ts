import type { TfliteOperator, TfliteTensor } from "../tflite/index.js";

const elements = (tensor: TfliteTensor | undefined): number =>
  (tensor?.shape ?? []).reduce((product, size) => product * size, 1);

/** Multiply-accumulates of one operator, taps outside the image counted; 0 for operators that multiply no weights. */
export function macsOf(name: string, { inputs, outputs }: TfliteOperator, tensors: readonly TfliteTensor[]): number {
  const filter = tensors[inputs[1] ?? -1];
  const made = elements(tensors[outputs[0] ?? -1]);
  const [first = 0, ...rest] = filter?.shape ?? [];
  switch (name) {
    case "CONV_2D":
      return (made * elements(filter)) / Math.max(1, first);
    case "DEPTHWISE_CONV_2D":
      return made * (rest[0] ?? 0) * (rest[1] ?? 0);
    case "FULLY_CONNECTED":
      return (made * elements(filter)) / Math.max(1, first);
    default:
      return 0;
  }
}
