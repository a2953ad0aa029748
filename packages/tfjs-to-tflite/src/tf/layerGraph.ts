import type * as tfl from "@tensorflow/tfjs-layers";

/** The parts of tfjs's layer graph that its type files hide. */

export type Layer = InstanceType<typeof tfl.layers.Layer>;

/** A model, or a model used as a layer of another. */
export interface Container extends Layer {
  layers: Layer[];
  inputs: tfl.SymbolicTensor[];
  outputs: tfl.SymbolicTensor[];
}

interface Wrapper extends Layer {
  layer?: Layer;
  forwardLayer?: Layer;
  backwardLayer?: Layer;
}

/** One call of a layer. */
interface LayerNode {
  inputTensors: tfl.SymbolicTensor[];
  outputTensors: tfl.SymbolicTensor[];
}

export const containerOf = (model: tfl.LayersModel): Container => model;

export const isContainer = (layer: Layer): layer is Container =>
  Array.isArray((layer as Container).layers) && Array.isArray((layer as Container).outputs);

/** The layer inside a wrapper, such as TimeDistributed; of a Bidirectional the two that it made of its. */
export function wrappedLayers(wrapper: Layer): Layer[] {
  const { layer, forwardLayer, backwardLayer } = wrapper as Wrapper;
  if (forwardLayer && backwardLayer) return [forwardLayer, backwardLayer];
  return layer ? [layer] : [];
}

/** Whether tfjs hands on a layer's mask; else there is none behind it. */
export const handsOnMasks = (layer: Layer): boolean =>
  (layer as { supportsMasking?: boolean }).supportsMasking === true;

/** The call that made a tensor. */
export const nodeOf = (tensor: tfl.SymbolicTensor): LayerNode =>
  tensor.sourceLayer.inboundNodes[tensor.nodeIndex] as unknown as LayerNode;

/** The last part of a weight's name: what it is to its layer. */
export const weightRole = (weight: tfl.LayerVariable): string => weight.originalName.split("/").pop()!;
