import * as tf from "@tensorflow/tfjs-core";
import { dataFormatOf, shapeWithChannelsLast, withChannelsLast, type Oriented } from "./channelsFirst.js";
import { classNamed, only, shapeOfOne, type LayerConstructor, type Shape } from "./tfjsLayers.js";

/** The poolings of sequences, with Keras's data_format, which tfjs leaves out. */
const pooling = (className: string): LayerConstructor<Oriented> =>
  class extends classNamed<Oriented>(className) {
    static className = className;
    override dataFormat: string;

    constructor(args: Record<string, unknown> = {}) {
      super(args);
      this.dataFormat = dataFormatOf(args);
    }

    override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor {
      return tf.tidy(() => withChannelsLast(this, only(inputs), (x) => only(super.call(x, kwargs))));
    }

    override computeOutputShape(inputShape: Shape | Shape[]): Shape {
      return shapeWithChannelsLast(this, shapeOfOne(inputShape), (shape) => super.computeOutputShape(shape) as Shape);
    }

    override getConfig(): tf.serialization.ConfigDict {
      return { ...super.getConfig(), dataFormat: this.dataFormat };
    }
  } as unknown as LayerConstructor<Oriented>;

export const poolings1d = (): object[] =>
  ["MaxPooling1D", "AveragePooling1D", "GlobalMaxPooling1D", "GlobalAveragePooling1D"].map(pooling);
