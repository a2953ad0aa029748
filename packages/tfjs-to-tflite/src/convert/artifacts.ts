import path from "node:path";
import { jsonKind, textKind, tfliteKind } from "../lib/fileKinds.js";
import { writeOutputs, type Output } from "../lib/outputs.js";
import type { PlannedFile } from "../lib/overwrite.js";
import { cArray, cArrayMark } from "./cArray.js";
import type { Summary } from "./summary.js";

export interface ArtifactOptions {
  /** Default: also OUT.c and OUT.h. */
  cArray?: boolean;
  /** Default: also OUT.json. */
  summary?: boolean;
}

const summaryKind = jsonKind(
  "a conversion's summary",
  ({ bytes, parameters, operators }) =>
    typeof bytes === "number" && typeof parameters === "number" && Array.isArray(operators),
);

/** What writeArtifacts writes, by the ends of their names. */
const kinds = [
  { end: ".tflite", kind: tfliteKind },
  { end: ".c", kind: textKind("a C array of a model", cArrayMark), option: "cArray" },
  { end: ".h", kind: textKind("the header of a C array", cArrayMark), option: "cArray" },
  { end: ".json", kind: summaryKind, option: "summary" },
] as const;

export const artifactFiles = (out: string, options: ArtifactOptions = {}): PlannedFile[] =>
  kinds
    .filter((each) => !("option" in each) || (options[each.option] ?? true))
    .map(({ end, kind }) => ({ file: `${out}${end}`, kind }));

/**
 * Writes OUT.tflite, and OUT.json (the summary), OUT.c and OUT.h unless they are left out. The C symbol comes from OUT's last part.
 * @returns the files' names. @throws UserError when one cannot be written; each file is written atomically.
 */
export async function writeArtifacts(
  { tflite, summary }: { tflite: Uint8Array; summary: Pick<Summary, "bytes"> },
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
    ...(options.summary === false ? [] : ([[`${out}.json`, `${JSON.stringify(summary, null, 2)}\n`]] as const)),
  ];
  await writeOutputs(outputs);
  return outputs.map(([file]) => file);
}
