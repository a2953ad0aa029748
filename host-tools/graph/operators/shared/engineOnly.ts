/** Operators that loam reads in files and runs, but never writes; what TensorFlow Lite Micro takes for them is not known. */
import type { Descriptor, Generator, TinyGraph, TinyOperator } from "../descriptor.js";
import { firstVersion } from "./version.js";

interface EngineOnly extends Pick<Descriptor, "code" | "options"> {
  version?: Descriptor["version"];
  macs?: Descriptor["macs"];
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
  tflm: "not known",
  engine: { tiny, random, suite, desktop },
});
