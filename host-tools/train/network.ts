import * as tfl from "@tensorflow/tfjs-layers";

/** Filters and stride along time of each depthwise-separable layer. */
export interface NetworkShape {
  filters: number[];
  strides: number[];
  /** Frames that a depthwise filter spans. */
  kernel: number;
}

/**
 * Three depthwise-separable layers, about 525,000 parameters. Time shrinks as layers widen, so that the widest product runs on few steps;
 * the first layers are narrow and the second is the one that pruning can thin most, as both of the large products lose with it.
 */
const defaultShape: NetworkShape = { filters: [160, 512, 840], strides: [2, 2, 2], kernel: 3 };

/** Input [frames, 1, features], convolved along time; output a probability a class. @param seed of the first weights */
export function makeNetwork(
  frames: number,
  features: number,
  classes: number,
  seed: number,
  shape: NetworkShape = defaultShape,
): tfl.LayersModel {
  let next = seed * 1009;
  const start = () => tfl.initializers.heNormal({ seed: ++next });
  const input = tfl.input({ shape: [frames, 1, features], name: "window" });
  let x: tfl.SymbolicTensor = input;
  shape.filters.forEach((filters, index) => {
    const name = `conv${index + 1}`;
    const apply = (layer: tfl.layers.Layer): void => void (x = layer.apply(x) as tfl.SymbolicTensor);
    apply(
      tfl.layers.depthwiseConv2d({
        name: `${name}_depthwise`,
        kernelSize: [shape.kernel, 1],
        strides: [shape.strides[index]!, shape.strides[index]!],
        padding: "same",
        useBias: false,
        depthwiseInitializer: tfl.initializers.varianceScaling({
          scale: 2,
          mode: "fanIn",
          distribution: "normal",
          seed: ++next,
        }),
      }),
    );
    apply(
      tfl.layers.conv2d({
        name: `${name}_pointwise`,
        filters,
        kernelSize: 1,
        useBias: false,
        kernelInitializer: start(),
      }),
    );
    apply(tfl.layers.batchNormalization({ name: `${name}_norm`, momentum: 0.9 }));
    apply(tfl.layers.reLU({ name: `${name}_relu` }));
  });
  x = tfl.layers.globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" }).apply(x) as tfl.SymbolicTensor;
  x = tfl.layers
    .dense({ name: "classes", units: classes, kernelInitializer: tfl.initializers.glorotNormal({ seed: ++next }) })
    .apply(x) as tfl.SymbolicTensor;
  x = tfl.layers.softmax({ name: "probabilities" }).apply(x) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs: x, name: "loam" });
}
