import { readFileSync } from "node:fs";
import path from "node:path";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { writeFileAtomic } from "../../host-tools/lib/files.js";

const file = path.join(loamRoot, "test/judge/tflm-random-graphs.json");

/**
 * What TensorFlow Lite Micro's reference kernels made of the random graphs: for each seed, the FNV-1a-32 hash of each operator's first output,
 * 8 hexadecimal digits an operator. Made anew, where TFLM_DIR is set, with LOAM_RECORD_TFLM=1; needed when the generator of graphs changes.
 */
export const readRecorded = (): string[] => JSON.parse(readFileSync(file, "utf8")) as string[];

export const writeRecorded = (hashes: readonly string[]): Promise<void> =>
  writeFileAtomic(file, `[\n${hashes.map((line) => JSON.stringify(line)).join(",\n")}\n]\n`);
