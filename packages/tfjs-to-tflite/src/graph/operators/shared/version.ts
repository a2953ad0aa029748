import type { TensorType } from "../../../tflite/index.js";
import type { Descriptor } from "../descriptor.js";

/** A version for each type of the first input. */
export const versions =
  (byType: { readonly [type in TensorType]?: number }): Descriptor["version"] =>
  ({ input }) => {
    const version = byType[input];
    if (version === undefined)
      throw new Error(
        `no version for an input of ${input}; there are versions for ${Object.keys(byType).join(" and ")}`,
      );
    return version;
  };

/** Of a layer with float activations and int8 weights another one. */
export const orHybrid =
  (hybrid: number, otherwise: Descriptor["version"]): Descriptor["version"] =>
  (use) =>
    use.input === "FLOAT32" && use.weights === "INT8" ? hybrid : otherwise(use);

/** Every type came with the first version. */
export const firstVersion = versions({ FLOAT32: 1, INT32: 1, INT8: 1, INT16: 1 });

/** int8 came with the second version. */
export const secondForInt8 = versions({ FLOAT32: 1, INT32: 1, INT8: 2 });

/** int8 came with the second version, int16 with a later one. */
export const secondThen = (int16: number): Descriptor["version"] =>
  versions({ FLOAT32: 1, INT32: 1, INT8: 2, INT16: int16 });

const quantizeTo8 = versions({ FLOAT32: 1, INT32: 1, UINT8: 1, INT8: 2 });
/** Of QUANTIZE: to and from uint8 with the first version, to int16 with the second. */
export const quantizeVersion: Descriptor["version"] = (use) => (use.output === "INT16" ? 2 : quantizeTo8(use));

/** Of DEQUANTIZE. */
export const dequantizeVersion = versions({ FLOAT32: 1, INT32: 1, INT8: 2, FLOAT16: 3, INT16: 3 });
