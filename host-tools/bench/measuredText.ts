import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { loamRoot } from "../lib/paths.js";

/** Writes what was measured between a page's markers. @param page below the project's folder. @throws UserError when the markers are missing */
export async function writeMeasured(page: string, name: string, text: string): Promise<void> {
  const file = path.resolve(loamRoot, page);
  const before = await readFile(file, "utf8");
  const [from, to] = [`<!-- measured: ${name} -->\n`, "<!-- end of measured -->"];
  const start = before.indexOf(from);
  const end = before.indexOf(to, start);
  if (start < 0 || end < 0) throw new UserError(`${page}: the markers "${from.trim()}" are missing`);
  await writeFileAtomic(file, Buffer.from(`${before.slice(0, start)}${from}${text}\n${before.slice(end)}`));
}
