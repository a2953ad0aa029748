import * as tfl from "@tensorflow/tfjs-layers";
import { defaultShape, type DenseShape, type ImageShape, type NetworkShape, type SeparableShape } from "./shapes.js";

/** Layers one after the other, each with its own first weights. */
class Stack {
  #seed: number;

  constructor(
    public x: tfl.SymbolicTensor,
    seed: number,
  ) {
    this.#seed = seed * 1009;
  }

  get seed(): number {
    return ++this.#seed;
  }

  add(layer: tfl.layers.Layer): void {
    this.x = layer.apply(this.x) as tfl.SymbolicTensor;
  }

  normRelu(name: string): void {
    this.add(tfl.layers.batchNormalization({ name: `${name}_norm`, momentum: 0.9 }));
    this.add(tfl.layers.reLU({ name: `${name}_relu` }));
  }

  conv(name: string, filters: number, kernelSize: [number, number], stride: number, strides = [stride, stride]): void {
    this.add(
      tfl.layers.conv2d({
        name,
        filters,
        kernelSize,
        strides: strides,
        padding: kernelSize[0] > 1 ? "same" : "valid",
        useBias: false,
        kernelInitializer: tfl.initializers.heNormal({ seed: this.seed }),
      }),
    );
  }

  separable(name: string, filters: number, kernelSize: [number, number], stride: number): void {
    this.add(
      tfl.layers.depthwiseConv2d({
        name: `${name}_depthwise`,
        kernelSize,
        strides: [stride, stride],
        padding: "same",
        useBias: false,
        depthwiseInitializer: tfl.initializers.varianceScaling({
          scale: 2,
          mode: "fanIn",
          distribution: "normal",
          seed: this.seed,
        }),
      }),
    );
    this.conv(`${name}_pointwise`, filters, [1, 1], 1);
    this.normRelu(name);
  }

  pool(): void {
    this.add(tfl.layers.globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" }));
  }
}

const layersOf = {
  separable(stack: Stack, { filters, strides, kernel, stem }: SeparableShape): void {
    if (stem) {
      stack.conv("stem", stem, [2 * kernel - 1, 1], 2, [2, 1]);
      stack.normRelu("stem");
    }
    filters.forEach((count, index) => stack.separable(`conv${index + 1}`, count, [kernel, 1], strides[index]!));
    stack.pool();
  },
  image(stack: Stack, { filters, kernel }: ImageShape): void {
    const [, frames, , features] = stack.x.shape as number[];
    stack.add(tfl.layers.reshape({ name: "image", targetShape: [frames!, features!, 1] }));
    filters.forEach((count, index) => {
      if (index > 0) return stack.separable(`conv${index + 1}`, count, [kernel, kernel], 2);
      stack.conv("conv1", count, [kernel, kernel], 2);
      stack.normRelu("conv1");
    });
    stack.pool();
  },
  dense(stack: Stack, { units }: DenseShape): void {
    stack.add(tfl.layers.flatten({ name: "flat" }));
    units.forEach((count, index) => {
      const name = `dense${index + 1}`;
      stack.add(
        tfl.layers.dense({
          name,
          units: count,
          useBias: false,
          kernelInitializer: tfl.initializers.heNormal({ seed: stack.seed }),
        }),
      );
      stack.normRelu(name);
    });
  },
};

/**
 * Input [frames, 1, features]; output a probability a class.
 * @param seed of the first weights
 * @param steps along time, when a frame's row holds several moments one after the other; layers along time walk over these
 */
export function makeNetwork(
  frames: number,
  features: number,
  classes: number,
  seed: number,
  shape: NetworkShape = defaultShape,
  steps = frames,
): tfl.LayersModel {
  const input = tfl.input({ shape: [frames, 1, features], name: "window" });
  const stack = new Stack(input, seed);
  if (steps !== frames && shape.kind !== "dense")
    stack.add(tfl.layers.reshape({ name: "moments", targetShape: [steps, 1, (frames * features) / steps] }));
  if (shape.kind === "separable") layersOf.separable(stack, shape);
  else if (shape.kind === "image") layersOf.image(stack, shape);
  else layersOf.dense(stack, shape);
  if (shape.dropout) stack.add(tfl.layers.dropout({ name: "dropout", rate: shape.dropout, seed: stack.seed }));
  stack.add(
    tfl.layers.dense({
      name: "classes",
      units: classes,
      kernelInitializer: tfl.initializers.glorotNormal({ seed: stack.seed }),
    }),
  );
  stack.add(tfl.layers.softmax({ name: "probabilities" }));
  return tfl.model({ inputs: input, outputs: stack.x, name: "loam" });
}
