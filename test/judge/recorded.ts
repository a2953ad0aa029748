import { readFileSync } from "node:fs";
import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { writeFileAtomic } from "../../host-tools/lib/files.js";
import { suites, type Suite } from "./randomGraph.js";

const file = ({ name }: Suite): string => path.join(loamRoot, `test/judge/tflm-random-graphs-${name}.json`);

/**
 * What TensorFlow Lite Micro's reference kernels made of a suite's random graphs: for each seed, the FNV-1a-32 hash of each operator's first output,
 * 8 hexadecimal digits an operator. Made anew, where TFLM_DIR is set, with LOAM_RECORD_TFLM=2 for suite 2; needed when operators bring a new suite.
 */
export const readRecorded = (suite = suites[0]!): string[] => JSON.parse(readFileSync(file(suite), "utf8")) as string[];

export const writeRecorded = (suite: Suite, hashes: readonly string[]): Promise<void> =>
  writeFileAtomic(file(suite), `[\n${hashes.map((line) => JSON.stringify(line)).join(",\n")}\n]\n`);
