/** CONV_2D and DEPTHWISE_CONV_2D. */
import { sizeOf } from "../../shape.js";
import type { Generator, GraphRules, TflmRules } from "../descriptor.js";
import { about, activation, bias, fitting, mostElements, quantized, weightScales } from "./random.js";
import { channels, temps, unpacked } from "./tflm.js";
import { windowOver } from "./window.js";

/** What operators with weights have in common in a Graph. */
export const weighted = {
  error: { growth: "weights", steps: 1 },
  fusesActivation: true,
  fusedAs: "never",
  commutesWithScale: false,
  decidedBefore: false,
} as const satisfies Partial<GraphRules>;

export const tflmConvolution = (parser: string, channelDimension: number): TflmRules => ({
  parser,
  options: [28, 4],
  inPlace: false,
  types: [],
  data: 56,
  prepare({ inputs: [input, filter, bias], outputs: [output] }, tensors) {
    return [
      ...temps(output, input, filter),
      ...channels(tensors[filter!]?.shape[channelDimension] ?? 0),
      ...unpacked(tensors, filter),
      ...temps(input, filter, bias, output),
    ];
  },
});

export const randomConvolution =
  (depthwise: boolean): Generator =>
  (place) => {
    const { model, random, from } = place;
    const { shape, scale: inScale } = about(place);
    if (shape.length !== 4) return undefined;
    const [batch, , , depth] = shape as [number, number, number, number];
    const [kh, kw] = random.chance(0.3) ? [1, 1] : [random.int(1, 5), random.int(1, 5)];
    const multiplier = random.chance(0.7) ? 1 : random.int(2, 4);
    const channelCount = depthwise ? depth * multiplier : random.chance(0.3) ? random.int(1, 3) : random.int(4, 24);
    const window = windowOver(random, shape, kh, kw, true);
    if (!window) return undefined;
    const outShape = [batch, ...window.out, channelCount];
    const taps = kh * kw * (depthwise ? 1 : depth);
    if (sizeOf(outShape) > mostElements || sizeOf(outShape) * taps > 1_500_000) return undefined;
    const scales = weightScales(random, channelCount);
    const filterShape = depthwise ? [1, kh, kw, channelCount] : [channelCount, kh, kw, depth];
    const filter = model.tensor(
      filterShape,
      "INT8",
      { scale: scales, zeroPoint: scales.map(() => 0), quantizedDimension: depthwise ? 3 : 0 },
      random.int8s(sizeOf(filterShape), -127),
    );
    const outScale = fitting(random, inScale, scales[0]!, taps);
    const out = model.int8(outShape, outScale, quantized(random).zeroPoint);
    const options = {
      ...window.options,
      fusedActivation: activation(random),
      ...(depthwise && { depthMultiplier: multiplier }),
    };
    return model.operator(
      depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D",
      [from, filter, ...bias(place, inScale, scales, channelCount, outScale, depthwise)],
      out,
      options,
    );
  };
