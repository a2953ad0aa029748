import path from "node:path";
import { cArray } from "./cArray.js";
import { writeOutputs } from "../lib/outputs.js";
import type { Summary } from "./summary.js";

/** What writeArtifacts writes, by the ends of their names. */
const ends = [".tflite", ".c", ".h", ".json"] as const;

export const artifactFiles = (out: string): string[] => ends.map((end) => `${out}${end}`);

/**
 * Writes OUT.tflite, OUT.c, OUT.h and OUT.json (the summary). The C symbol comes from OUT's last part.
 * @returns the files' names. @throws UserError when one cannot be written; each is whole or not there.
 */
export async function writeArtifacts(
  conversion: { tflite: Uint8Array; summary: Summary },
  out: string,
): Promise<string[]> {
  const base = path.basename(out);
  const { source, header } = cArray(base, `${base}.h`, conversion.tflite);
  const contents = [conversion.tflite, source, header, `${JSON.stringify(conversion.summary, null, 2)}\n`];
  const files = artifactFiles(out);
  await writeOutputs(files.map((file, i) => [file, contents[i]!]));
  return files;
}
