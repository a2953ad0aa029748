import path from "node:path";
import { jsonKind, textKind, tfliteKind } from "../lib/fileKinds.js";
import { writeOutputs, type Output } from "../lib/outputs.js";
import type { PlannedFile } from "../lib/overwrite.js";
import { cArray, cArrayMark } from "./cArray.js";
import type { Summary } from "./summary.js";

export interface ArtifactOptions {
  /** Default: also OUT.c and OUT.h. */
  cArray?: boolean;
}

const summaryKind = jsonKind(
  "a conversion's summary",
  ({ bytes, parameters, operators }) =>
    typeof bytes === "number" && typeof parameters === "number" && Array.isArray(operators),
);

/** What writeArtifacts writes, by the ends of their names. */
const kinds = [
  { end: ".tflite", kind: tfliteKind },
  { end: ".c", kind: textKind("a C array of a model", cArrayMark), isCArray: true },
  { end: ".h", kind: textKind("the header of a C array", cArrayMark), isCArray: true },
  { end: ".json", kind: summaryKind },
];

export const artifactFiles = (out: string, { cArray: withArray = true }: ArtifactOptions = {}): PlannedFile[] =>
  kinds.filter(({ isCArray }) => withArray || !isCArray).map(({ end, kind }) => ({ file: `${out}${end}`, kind }));

/**
 * Writes OUT.tflite, OUT.json (the summary), and OUT.c and OUT.h unless they are left out. The C symbol comes from OUT's last part.
 * @returns the files' names. @throws UserError when one cannot be written; each file is written atomically.
 */
export async function writeArtifacts(
  { tflite, summary }: { tflite: Uint8Array; summary: Summary },
  out: string,
  options: ArtifactOptions = {},
): Promise<string[]> {
  const base = path.basename(out);
  const array = options.cArray === false ? undefined : cArray(base, `${base}.h`, tflite);
  const outputs: Output[] = [
    [`${out}.tflite`, tflite],
    ...(array
      ? ([
          [`${out}.c`, array.source],
          [`${out}.h`, array.header],
        ] as const)
      : []),
    [`${out}.json`, `${JSON.stringify(summary, null, 2)}\n`],
  ];
  await writeOutputs(outputs);
  return outputs.map(([file]) => file);
}
