/** The tfjs layers that loam converts and prunes, by their class names. Those that become operators are in the operators' descriptors. */

const operatorLayers = [
  "Dense",
  "Conv1D",
  "Conv2D",
  "Conv2DTranspose",
  "Conv3D",
  "SeparableConv1D",
  "SeparableConv2D",
  "TimeDistributed",
  "DepthwiseConv2D",
  "LSTM",
  "GRU",
  "SimpleRNN",
  "Bidirectional",
  "Embedding",
  "BatchNormalization",
  "LayerNormalization",
  "Add",
  "Subtract",
  "Multiply",
  "Average",
  "Maximum",
  "Minimum",
  "Concatenate",
  "Dot",
  "Flatten",
  "Reshape",
  "Permute",
  "Softmax",
  "Activation",
  "ReLU",
  "LeakyReLU",
  "PReLU",
  "ELU",
  "ThresholdedReLU",
  "Rescaling",
  "MaxPooling1D",
  "MaxPooling2D",
  "AveragePooling1D",
  "AveragePooling2D",
  "MaxPooling3D",
  "AveragePooling3D",
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
  "RepeatVector",
] as const;

/** Active only during training; they become no operator. */
export const trainingLayers = [
  "Dropout",
  "SpatialDropout1D",
  "GaussianNoise",
  "GaussianDropout",
  "AlphaDropout",
] as const;

/** Of what it masks nothing is left to do; where a layer skips masked steps, it is refused. */
export const maskingLayers = ["Masking"] as const;

export const layerNames = [...operatorLayers, ...trainingLayers, ...maskingLayers] as const;
export type OperatorLayer = (typeof operatorLayers)[number];
export type LayerName = (typeof layerNames)[number];
