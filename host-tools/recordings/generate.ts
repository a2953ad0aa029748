import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { destinationOf } from "../lib/destination.js";
import { UserError } from "../lib/errors.js";
import { readUserFolder, writeFileAtomic } from "../lib/files.js";
import { requireFolder } from "../lib/overwrite.js";
import { startProgress, type Progress } from "../lib/progress.js";
import { dayToCsv } from "./csv.js";
import { checkSimulated, makeDay, simulatedLabels, type Label } from "./day.js";

export type Part = "train" | "validation" | "test";
export const parts: readonly Part[] = ["train", "validation", "test"];

/** A full set must stay below this on disk. */
export const mostBytes = 150e6;

export interface PlannedDay {
  part: Part;
  site: string;
  day: number;
}

export interface RecordingSet {
  directory: string;
  days: (PlannedDay & { file: string; bytes: number; windows: Record<Label, number> })[];
  bytes: number;
}

/** Of the days, those that no network is trained with. */
export const testShare = 0.28;

/**
 * The split of the days. Each day is of a different site, so test days and sites are unseen in training.
 * About 58 % for training, 14 % for validation, 28 % for the test.
 */
export function planDays(days: number): PlannedDay[] {
  if (!Number.isInteger(days) || days < 3)
    throw new UserError(`${days} days: expected a whole number of at least 3, one each to train, validate and test`);
  const test = Math.max(1, Math.round(testShare * days));
  const validation = Math.max(1, Math.round(0.14 * days));
  return Array.from({ length: days }, (_, day) => {
    const part = day < days - test - validation ? "train" : day < days - test ? "validation" : "test";
    return { part, site: `site${String(day + 1).padStart(2, "0")}`, day };
  });
}

/** What an about.json says; one that cannot be read says nothing. */
async function readAbout(directory: string): Promise<{ simulated?: boolean; files?: { file: string }[] } | undefined> {
  try {
    return JSON.parse(await readFile(path.join(directory, "about.json"), "utf8")) as {
      simulated?: boolean;
      files?: { file: string }[];
    };
  } catch {
    return undefined;
  }
}

/** Only what was made here may be replaced. @throws UserError when anything else is in the folder */
async function requireSimulated(directory: string): Promise<void> {
  if (!existsSync(directory) || (await readUserFolder(directory, "the place for recordings")).length === 0) return;
  const about = await readAbout(directory);
  if (about?.simulated !== true)
    throw new UserError(
      `${directory} holds something else than simulated recordings (it has no about.json of theirs): name another folder`,
    );
  const known = new Set(["about.json", ...parts, ...(about.files ?? []).map(({ file }) => path.normalize(file))]);
  const foreign = (await readdir(directory, { recursive: true })).find((file) => !known.has(path.normalize(file)));
  if (foreign !== undefined)
    throw new UserError(`${directory} holds ${foreign} besides simulated recordings: move it, or name another folder`);
}

export interface GenerateOptions {
  days: number;
  seed: number;
  progress?: Progress;
}

/**
 * Writes simulated recordings: DIR/train, DIR/validation and DIR/test with a CSV file a day, and DIR/about.json, written last. A set of the
 * same days and seed is the same in every byte.
 * @throws UserError for a node that is not simulated, or a set that would be too large
 */
export async function generateRecordings(
  given: string,
  config: NodeConfig,
  { days, seed, progress = startProgress("recordings (simulated)", days) }: GenerateOptions,
): Promise<RecordingSet> {
  checkSimulated(config);
  requireFolder(given);
  // A link to a folder stays, and leads to the new one.
  const directory = destinationOf(given).path;
  await requireSimulated(directory);
  const plan = planDays(days);
  const made: RecordingSet = { directory, days: [], bytes: 0 };
  const fresh = `${directory}.new`;
  await rm(fresh, { recursive: true, force: true });
  for (const { part, site, day } of plan) {
    const { windows, truths } = makeDay(config, seed, site, day);
    const text = dayToCsv(config, day * 86400, windows);
    if (text.length * days > mostBytes * 1.2)
      throw new UserError(
        `${days} days of ${(text.length / 1e6).toFixed(1)} MB are more than ${mostBytes / 1e6} MB: ask for at most ${Math.floor(mostBytes / text.length)} days`,
      );
    const name = path.join(part, `${site}-day${String(day + 1).padStart(2, "0")}.csv`);
    await writeFileAtomic(path.join(fresh, name), text);
    const counts = Object.fromEntries(
      simulatedLabels.map((label) => [label, truths.filter((truth) => truth.label === label).length]),
    ) as Record<Label, number>;
    made.days.push({ part, site, day, file: path.join(directory, name), bytes: text.length, windows: counts });
    made.bytes += text.length;
    progress.update(made.days.length, name);
  }
  const about = {
    simulated: true,
    note: "Simulated physics, not measurements: see host-tools/recordings.",
    seed,
    days,
    window: config.window,
    files: made.days.map((one) => ({ ...one, file: path.relative(directory, one.file) })),
  };
  await writeFileAtomic(path.join(fresh, "about.json"), `${JSON.stringify(about, null, 2)}\n`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(path.dirname(directory), { recursive: true });
  await rename(fresh, directory);
  progress.finish(`${made.days.length} days, ${(made.bytes / 1e6).toFixed(0)} MB`);
  return made;
}
