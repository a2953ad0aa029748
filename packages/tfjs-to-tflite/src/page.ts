/** The converter as a page, one HTML file that npm pack puts beside this. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UserError } from "./lib/errors.js";
import { textKind } from "./lib/fileKinds.js";
import { writeOutputs } from "./lib/outputs.js";
import { requireReplaceable } from "./lib/overwrite.js";

/** What the file begins with, by which it is known. */
export const pageStart = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>tfjs-to-tflite</title>';

const built = fileURLToPath(new URL("page.html", import.meta.url));

/** Writes the page. @throws UserError when something else is there, unless `force` is given */
export async function writePage(file: string, force: boolean | undefined): Promise<void> {
  await requireReplaceable([{ file, kind: textKind("the converter's page", pageStart) }], { sources: [], force });
  const page = await readFile(built).catch(() => {
    throw new UserError(`${built} is not there: in a checkout of loam, npm run page makes the page`);
  });
  await writeOutputs([[file, page]]);
}
