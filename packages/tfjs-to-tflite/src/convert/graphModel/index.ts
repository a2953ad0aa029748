/**
 * Graph models of tfjs as graphs of TensorFlow Lite's operators. Takes the parsed model.json and its weights' bytes; whoever has files or a network reads
 * them. Nothing here needs Node.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Graph } from "../../graph/graph.js";
import { simplify } from "../../graph/simplify.js";
import type { InputShapes } from "./inputShape.js";
import type { GraphModelJson } from "./topology.js";
import { translateGraphModel, type Weight } from "./translate.js";

export { opTable } from "./ops/index.js";
export { ports, type GraphModelJson } from "./topology.js";
export { fixedShape, knownShape, type InputShapes } from "./inputShape.js";

export interface GraphModel {
  json: GraphModelJson;
  /** The bytes of each group of the weights manifest, its files one after the other. */
  weights: readonly ArrayBuffer[];
}

/** The weights by name, as real numbers and integers; what the manifest has as uint8, uint16 or float16 is dequantized. */
function decode({ json, weights }: GraphModel): Map<string, Weight> {
  const decoded = new Map<string, Weight>();
  json.weightsManifest.forEach((group, i) => {
    const tensors = tf.io.decodeWeights(weights[i]!, group.weights);
    for (const { name } of group.weights) {
      const tensor = tensors[name]!;
      if (tensor.dtype !== "string") {
        const data = tensor.dataSync();
        decoded.set(name, {
          shape: tensor.shape,
          data: tensor.dtype === "float32" ? Float32Array.from(data) : Int32Array.from(data),
        });
      }
      tensor.dispose();
    }
  });
  return decoded;
}

/** The network of a graph model, constants folded, normalizations folded and activations fused. A tfjs backend must be running. */
export const graphOfGraphModel = (model: GraphModel, name: string, shapes: InputShapes = {}): Graph =>
  simplify(translateGraphModel(model.json, decode(model), name, shapes));
