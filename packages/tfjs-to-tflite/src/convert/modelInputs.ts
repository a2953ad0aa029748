import type * as tfl from "@tensorflow/tfjs-layers";
import { containerOf } from "../tf/layerGraph.js";
import { knownShape, ports, type GraphModel } from "./graphModel/index.js";

/** What a model says of one of its inputs. */
export interface ModelInput {
  /** By which `inputShapes` names it. */
  name: string;
  /** Without the batch; null stands for a free size. Undefined when the model does not say how many there are. */
  shape?: (number | null)[];
}

/** Of a loaded model, in the order in which it takes them. */
export function modelInputs(model: tfl.LayersModel | GraphModel): ModelInput[] {
  const inputs =
    "json" in model
      ? ports(model.json).inputs.map((port) => ({ name: port.name, known: knownShape(port) }))
      : containerOf(model).inputs.map(({ sourceLayer, shape }) => ({ name: sourceLayer.name, known: shape }));
  return inputs.map(({ name, known }) => ({
    name,
    ...(known && { shape: known.slice(1).map((size) => (size === null || size < 0 ? null : size)) }),
  }));
}
