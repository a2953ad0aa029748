import { operators } from "tfjs-to-tflite/graph/operators/index.js";
import { paddings, type TfliteModel } from "tfjs-to-tflite/tflite/index.js";

/**
 * Desktop TensorFlow Lite 2.7 has no per-channel FULLY_CONNECTED and requires a bias in CONV_2D. Both can be expressed in a way that
 * means the same: a 1x1 CONV_2D over the rows, and a bias of zeros.
 * @param model one operator alone; what it does already is left as it is
 */
export function forDesktop(model: TfliteModel, name: string): TfliteModel {
  const graph = model.subgraphs[0]!;
  const operator = graph.operators[0]!;
  const [input, filter, bias] = operator.inputs as [number, number, number?];
  const weights = graph.tensors[filter];
  const perChannel = name === "FULLY_CONNECTED" && (weights?.quantization?.scale.length ?? 0) > 1;
  if (!perChannel && !(name === "CONV_2D" && bias === undefined)) return model;
  const tensors = [...graph.tensors];
  const buffers = [...model.buffers];
  const scale = weights!.quantization!.scale;
  const channels = weights!.shape[0]!;
  const zeros = (): number => {
    const inputScale = tensors[input]!.quantization!.scale[0]!;
    const quantization = {
      scale: scale.map((each) => Math.fround(each * inputScale)),
      zeroPoint: scale.map(() => 0),
      quantizedDimension: 0,
    };
    return (
      tensors.push({
        name: "zeros",
        shape: [channels],
        type: "INT32",
        buffer: buffers.push(new Uint8Array(4 * channels)) - 1,
        quantization,
      }) - 1
    );
  };
  const inputs = [input, filter, bias ?? zeros()];
  if (!perChannel)
    return { ...model, buffers, subgraphs: [{ ...graph, tensors, operators: [{ ...operator, inputs }] }] };
  const depth = weights!.shape[1]!;
  const [output] = operator.outputs as [number];
  const rows = tensors[output]!.shape.reduce((product, size) => product * size, 1) / channels;
  tensors[input] = { ...tensors[input]!, shape: [rows, 1, 1, depth] };
  tensors[filter] = { ...weights!, shape: [channels, 1, 1, depth] };
  tensors[output] = { ...tensors[output]!, shape: [rows, 1, 1, channels] };
  const opcodeIndex = model.operatorCodes.length;
  const options = {
    type: "Conv2D",
    padding: paddings.VALID,
    strideW: 1,
    strideH: 1,
    dilationW: 1,
    dilationH: 1,
    fusedActivation: Number(operator.options?.["fusedActivation"] ?? 0),
  };
  return {
    ...model,
    buffers,
    operatorCodes: [...model.operatorCodes, { builtinCode: operators.CONV_2D.code, version: 3 }],
    subgraphs: [{ ...graph, tensors, operators: [{ ...operator, opcodeIndex, inputs, options }] }],
  };
}
