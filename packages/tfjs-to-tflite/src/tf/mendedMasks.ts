import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import type { Layer } from "./layerGraph.js";
import { classNamed } from "./tfjsLayers.js";

type Apply = Layer["apply"];

/**
 * When tfjs runs a model it hands one and the same object of arguments from layer to layer, once some input was masked: every layer behind skips steps by the last mask that there
 * was, whether its own input has one or not, and begins with the last states. Here, as in Keras, a mask and states are those of the layer's own inputs.
 */
export function mendMasks(): void {
  const prototypes = [tfl.layers.Layer, classNamed("RNN"), classNamed("Bidirectional")].map(
    (each) => each.prototype as { apply: Apply },
  );
  for (const prototype of prototypes) {
    const { apply } = prototype;
    prototype.apply = function (this: Layer, inputs, kwargs) {
      const result = apply.call(this, inputs, kwargs && { ...kwargs });
      if (kwargs && [inputs].flat()[0] instanceof tf.Tensor) delete kwargs["mask"];
      return result;
    };
  }
}
