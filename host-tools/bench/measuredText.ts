import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { loamRoot } from "../lib/paths.js";

interface Place {
  file: string;
  text: string;
  /** What lies between the markers. */
  from: number;
  to: number;
}

/** @throws UserError when the markers are missing */
async function placeOf(page: string, name: string): Promise<Place> {
  const file = path.resolve(loamRoot, page);
  const text = await readFile(file, "utf8");
  const marker = `<!-- measured: ${name} -->\n`;
  const start = text.indexOf(marker);
  const to = text.indexOf("<!-- end of measured -->", start);
  if (start < 0 || to < 0) throw new UserError(`${page}: the markers "${marker.trim()}" are missing`);
  return { file, text, from: start + marker.length, to };
}

/** What stands between a page's markers. @param page below the project's folder. @throws UserError when the markers are missing */
export async function readMeasured(page: string, name: string): Promise<string> {
  const { text, from, to } = await placeOf(page, name);
  return text.slice(from, to).trimEnd();
}

/** Writes what was measured between a page's markers. @param page below the project's folder. @throws UserError when the markers are missing */
export async function writeMeasured(page: string, name: string, measured: string): Promise<void> {
  const { file, text, from, to } = await placeOf(page, name);
  await writeFileAtomic(file, Buffer.from(`${text.slice(0, from)}${measured}\n${text.slice(to)}`));
}
