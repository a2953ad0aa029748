/** Operators that loam reads in files and runs, but never writes. */
import type { Descriptor, Generator, TflmRules, TinyGraph, TinyOperator } from "../descriptor.js";
import { firstVersion } from "./version.js";

interface EngineOnly extends Pick<Descriptor, "code" | "options"> {
  version?: Descriptor["version"];
  macs?: Descriptor["macs"];
  tflm: TflmRules;
  tiny: readonly (TinyOperator | TinyGraph)[];
  random: Generator;
  suite: number;
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
  desktop = "the same",
}: EngineOnly): Descriptor => ({
  code,
  options,
  version,
  macs,
  graph: "read only",
  tflm,
  engine: { tiny, random, suite, desktop },
});
