/**
 * Operators with one fact missing. None of them may compile: `npm run build` fails when a line below is no error any more. Nothing runs this
 * file.
 */
import type {
  Descriptor,
  EngineRules,
  GraphRules,
  TflmRules,
  WeightedRule,
} from "../../host-tools/graph/operators/descriptor.js";
import type { Builtin } from "../../host-tools/graph/operators/index.js";
import type { LayerName } from "../../host-tools/graph/operators/layers.js";
import type { Translate } from "../../host-tools/convert/layers/types.js";

type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
/** Not one of their fields may be left out. */
export const optional: OptionalKeys<Descriptor & GraphRules & TflmRules & EngineRules & WeightedRule>[] & never[] = [];

declare const descriptorWithout: { [K in keyof Descriptor]: Omit<Descriptor, K> };
export const descriptors: Descriptor[] = [
  // @ts-expect-error: no code
  descriptorWithout.code,
  // @ts-expect-error: no options
  descriptorWithout.options,
  // @ts-expect-error: no version
  descriptorWithout.version,
  // @ts-expect-error: no macs
  descriptorWithout.macs,
  // @ts-expect-error: nothing about its place in a graph
  descriptorWithout.graph,
  // @ts-expect-error: nothing about TensorFlow Lite Micro
  descriptorWithout.tflm,
  // @ts-expect-error: nothing about the engine
  descriptorWithout.engine,
];

declare const graphWithout: { [K in keyof GraphRules]: Omit<GraphRules, K> };
export const graphs: GraphRules[] = [
  // @ts-expect-error: no float run
  graphWithout.run,
  // @ts-expect-error: no quantization rule
  graphWithout.quantization,
  // @ts-expect-error: nothing about errors
  graphWithout.error,
  // @ts-expect-error: nothing about fused activations
  graphWithout.fusesActivation,
  // @ts-expect-error: nothing about being fused
  graphWithout.fusedAs,
  // @ts-expect-error: nothing about equalization
  graphWithout.commutesWithScale,
  // @ts-expect-error: nothing about decisions
  graphWithout.decidedBefore,
  // @ts-expect-error: nothing about layers and pruning
  graphWithout.layers,
];

declare const tflmWithout: { [K in keyof TflmRules]: Omit<TflmRules, K> };
export const kernels: TflmRules[] = [
  // @ts-expect-error: no parser
  tflmWithout.parser,
  // @ts-expect-error: nothing about options
  tflmWithout.options,
  // @ts-expect-error: nothing about output and input in one place
  tflmWithout.inPlace,
  // @ts-expect-error: nothing about data
  tflmWithout.data,
  // @ts-expect-error: nothing about what is taken while it is prepared
  tflmWithout.prepare,
];

declare const engineWithout: { [K in keyof EngineRules]: Omit<EngineRules, K> };
export const engines: EngineRules[] = [
  // @ts-expect-error: no tiny models
  engineWithout.tiny,
  // @ts-expect-error: no random generator
  engineWithout.random,
  // @ts-expect-error: no suite
  engineWithout.suite,
  // @ts-expect-error: nothing about desktop TensorFlow Lite
  engineWithout.desktop,
];

declare const withoutAdd: Omit<Record<Builtin, Descriptor>, "ADD">;
// @ts-expect-error: a name without a descriptor
export const table: Record<Builtin, Descriptor> = withoutAdd;

declare const withoutDense: Omit<Record<LayerName, Translate>, "Dense">;
// @ts-expect-error: a layer without a translator
export const layers: Record<LayerName, Translate> = withoutDense;
