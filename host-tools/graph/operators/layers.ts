/** The tfjs layers that loam converts and prunes, by their class names. Those that become operators are in the operators' descriptors. */

const operatorLayers = [
  "Dense",
  "Conv1D",
  "Conv2D",
  "SeparableConv1D",
  "SeparableConv2D",
  "TimeDistributed",
  "DepthwiseConv2D",
  "BatchNormalization",
  "Add",
  "Subtract",
  "Multiply",
  "Average",
  "Maximum",
  "Minimum",
  "Concatenate",
  "Flatten",
  "Reshape",
  "Permute",
  "Softmax",
  "Activation",
  "ReLU",
  "LeakyReLU",
  "Rescaling",
  "MaxPooling1D",
  "MaxPooling2D",
  "AveragePooling1D",
  "AveragePooling2D",
  "GlobalAveragePooling1D",
  "GlobalAveragePooling2D",
  "GlobalMaxPooling1D",
  "GlobalMaxPooling2D",
  "ZeroPadding1D",
  "ZeroPadding2D",
  "Cropping1D",
  "Cropping2D",
  "UpSampling1D",
  "UpSampling2D",
] as const;

/** Active only during training; they become no operator. */
export const trainingLayers = [
  "Dropout",
  "SpatialDropout1D",
  "GaussianNoise",
  "GaussianDropout",
  "AlphaDropout",
] as const;

export const layerNames = [...operatorLayers, ...trainingLayers] as const;
export type OperatorLayer = (typeof operatorLayers)[number];
export type LayerName = (typeof layerNames)[number];
