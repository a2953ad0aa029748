/** Operators that no layer becomes. Without rules in a Graph loam reads them in files and runs them, but never writes them. */
import type {
  Descriptor,
  EngineType,
  Generator,
  GraphRules,
  TflmRules,
  TinyGraph,
  TinyOperator,
} from "../descriptor.js";
import { firstVersion } from "./version.js";

interface EngineOnly extends Pick<Descriptor, "code" | "options"> {
  version?: Descriptor["version"];
  macs?: Descriptor["macs"];
  tflm: TflmRules;
  tiny: readonly (TinyOperator | TinyGraph)[];
  random: Generator;
  suite: number;
  /** Default: loam only reads it. */
  graph?: GraphRules;
  types?: readonly EngineType[];
  /** How desktop TensorFlow Lite differs. */
  desktop?: string;
}

export const engineOnly = ({
  code,
  options,
  version = firstVersion,
  macs = "none",
  tflm,
  tiny,
  random,
  suite,
  graph,
  types = ["int8"],
  desktop = "the same",
}: EngineOnly): Descriptor => ({
  code,
  options,
  version,
  macs,
  graph: graph ?? "read only",
  tflm,
  engine: { types, tiny, random, suite, desktop },
});
