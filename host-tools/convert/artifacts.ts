import path from "node:path";
import { cArray } from "./cArray.js";
import { writeOutputs } from "../lib/outputs.js";
import type { Conversion } from "./index.js";

/**
 * Writes OUT.tflite, OUT.c, OUT.h and OUT.json (the summary). The C symbol comes from OUT's last part.
 * @returns the files' names. @throws UserError when one cannot be written; each is whole or not there.
 */
export async function writeArtifacts(conversion: Pick<Conversion, "tflite" | "summary">, out: string): Promise<string[]> {
  const base = path.basename(out);
  const { source, header } = cArray(base, `${base}.h`, conversion.tflite);
  const files: [string, string | Uint8Array][] = [
    [`${out}.tflite`, conversion.tflite],
    [`${out}.c`, source],
    [`${out}.h`, header],
    [`${out}.json`, `${JSON.stringify(conversion.summary, null, 2)}\n`],
  ];
  await writeOutputs(files);
  return files.map(([file]) => file);
}
