/** Layers of tfjs that are not converted. */

export interface Refused {
  why: string;
  instead: string;
}

const ownCell: Refused = {
  why: "its steps are a cell of whatever class",
  instead: "LSTM, GRU or SimpleRNN, one behind the other where cells are stacked",
};
const cell: Refused = { why: "it is one step, without a sequence", instead: "LSTM, GRU or SimpleRNN" };
const imagesInTime: Refused = {
  why: "a convolution for each gate and step makes more operators than a microcontroller has room for",
  instead: "TimeDistributed of a Conv2D and a GlobalAveragePooling2D, and LSTM, GRU or SimpleRNN behind it",
};

/** By class name. */
export const refusedLayers: Readonly<Record<string, Refused>> = {
  CategoryEncoding: {
    why: "it counts how often each number comes, which no operator does",
    instead: "an Embedding and GlobalAveragePooling1D, or the counts as the model's input",
  },
  CenterCrop: {
    why: "tfjs resamples what it crops",
    instead: "Cropping2D",
  },
  Conv3DTranspose: {
    why: "neither TensorFlow Lite Micro nor micro computes in three dimensions of space",
    instead: "UpSampling2D or Conv2DTranspose in a TimeDistributed, and Conv3D",
  },
  ConvLSTM2D: imagesInTime,
  ConvLSTM2DCell: cell,
  GRUCell: cell,
  LSTMCell: cell,
  RNN: ownCell,
  RandomWidth: { why: "its output is random, in tfjs at inference too", instead: "a model saved without it" },
  Resizing: {
    why: "tfjs takes the width of its input for the number of channels",
    instead: "UpSampling2D, pooling, or inputs of one size",
  },
  SimpleRNNCell: cell,
  StackedRNNCells: ownCell,
};
