/** The types of TensorFlow Lite Micro's custom operators, which its kernels ask for one by one. */
import type { TensorType } from "../tflite/index.js";

export interface Signature {
  inputs: readonly TensorType[];
  outputs: readonly TensorType[];
}

/** Of each as "inputs > outputs". TFLM_DECODE has those that its data say. */
const signatures: Readonly<Record<string, readonly string[]>> = {
  CIRCULAR_BUFFER: ["INT8 > INT8"],
  SignalDelay: ["INT16 > INT16"],
  SignalEnergy: ["INT16 > UINT32"],
  SignalFftAutoScale: ["INT16 > INT16 INT32"],
  SignalFilterBank: ["UINT32 INT16 INT16 INT16 INT16 INT16 > UINT64"],
  SignalFilterBankLog: ["UINT32 > INT16"],
  SignalFilterBankSpectralSubtraction: ["UINT32 > UINT32 UINT32"],
  SignalFilterBankSquareRoot: ["UINT64 INT32 > UINT32"],
  SignalFramer: ["INT16 > INT16 BOOL"],
  SignalIrfft: ["FLOAT32 > FLOAT32", "INT16 > INT16", "INT32 > INT32"],
  SignalOverlapAdd: ["FLOAT32 > FLOAT32", "INT16 > INT16"],
  SignalPCAN: ["UINT32 UINT32 INT16 > UINT32"],
  SignalRfft: ["FLOAT32 > FLOAT32", "INT16 > INT16", "INT32 > INT32"],
  SignalStacker: ["INT16 > INT16 BOOL"],
  SignalWindow: ["INT16 INT16 > INT16"],
  TFLite_Detection_PostProcess: ["FLOAT32 FLOAT32 FLOAT32 > FLOAT32 FLOAT32 FLOAT32 FLOAT32"],
};

/** The inputs and outputs that a custom operator has; undefined for one that takes others, or is not known. */
export const tflmSignatures = (name: string): readonly Signature[] | undefined =>
  signatures[name]?.map((signature) => {
    const [inputs, outputs] = signature.split(" > ").map((types) => types.split(" ") as TensorType[]);
    return { inputs: inputs!, outputs: outputs! };
  });
