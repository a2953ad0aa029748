/** Recordings that are not the described board's: found by reading the beginning of each, and what commands print about them. */
import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { existsSync } from "node:fs";
import type { CheckedNode } from "../node/schema/node.js";
import { compareRecordings } from "./compare.js";
import { readRecording } from "./csv.js";
import { mergeSurveys, surveyRecording } from "./survey.js";

/** Bytes of each recording that are read: some windows, while a training reads all. */
const beginning = 2_000_000;
const mostFiles = 24;

/** Whole lines of the beginning of a file. */
async function beginningOf(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginning), 0, beginning, 0);
    if (bytesRead < beginning) return buffer.subarray(0, bytesRead);
    return buffer.subarray(0, buffer.lastIndexOf(10) + 1);
  } finally {
    await handle.close();
  }
}

/**
 * Compares the beginnings of a folder's recordings with the description.
 * @returns how many were read, and one sentence for each difference
 * @throws UserError for a recording that cannot be read
 */
export async function differencesIn(
  folder: string,
  config: CheckedNode,
): Promise<{ files: number; differences: string[] }> {
  if (!existsSync(folder)) return { files: 0, differences: [] };
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".csv")).sort();
  const step = Math.max(1, names.length / mostFiles);
  const chosen = Array.from({ length: Math.min(names.length, mostFiles) }, (_, at) => names[Math.floor(at * step)]!);
  const surveys = [];
  for (const name of chosen) {
    const file = path.join(folder, name);
    surveys.push(surveyRecording(readRecording(file, await beginningOf(file), config, false), config));
  }
  return {
    files: chosen.length,
    differences: surveys.length > 0 ? compareRecordings(config, mergeSurveys(surveys)) : [],
  };
}

export function warnOfDifferences(differences: readonly string[]): void {
  for (const difference of differences)
    process.stderr.write(`warning: the recordings differ from the description. ${difference}.\n`);
}
