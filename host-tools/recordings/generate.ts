import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import { writeFileAtomic } from "../lib/files.js";
import { startProgress, type Progress } from "../lib/progress.js";
import { dayToCsv } from "./csv.js";
import { checkSimulated, makeDay } from "./day.js";

export type Part = "train" | "validation" | "test";
export const parts: readonly Part[] = ["train", "validation", "test"];

/** A full set must stay below this on disk. */
export const mostBytes = 150e6;
const daysPerSite = 2;

export interface PlannedDay {
  part: Part;
  site: string;
  day: number;
}

export interface RecordingSet {
  directory: string;
  days: (PlannedDay & { file: string; bytes: number })[];
  bytes: number;
}

/**
 * Which day of which site goes where. Days are of sites with two days each, and a site is in one part only: what is tested was never
 * seen in training, neither the day nor the place. About 60 % for training, 10 % for validation, 30 % for the test.
 */
export function planDays(days: number): PlannedDay[] {
  if (!Number.isInteger(days) || days < 6) throw new UserError(`${days} days: expected a whole number of at least 6, so that each part has a site of its own`);
  const sites = Math.ceil(days / daysPerSite);
  const test = Math.max(1, Math.round(0.3 * sites));
  const validation = Math.max(1, Math.round(0.1 * sites));
  return Array.from({ length: days }, (_, day) => {
    const index = Math.floor(day / daysPerSite);
    const part = index < sites - test - validation ? "train" : index < sites - test ? "validation" : "test";
    return { part, site: `site${String(index + 1).padStart(2, "0")}`, day };
  });
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
export async function generateRecordings(directory: string, config: NodeConfig, { days, seed, progress = startProgress("recordings (simulated)", days) }: GenerateOptions): Promise<RecordingSet> {
  checkSimulated(config);
  if (existsSync(directory) && !existsSync(path.join(directory, "about.json")) && (await readdir(directory)).length > 0) throw new UserError(`${directory} holds something else than simulated recordings (it has no about.json): name another folder`);
  const plan = planDays(days);
  const made: RecordingSet = { directory, days: [], bytes: 0 };
  const fresh = `${directory}.new`;
  await rm(fresh, { recursive: true, force: true });
  for (const { part, site, day } of plan) {
    const text = dayToCsv(config, day * 86400, makeDay(config, seed, site, day).windows);
    if (text.length * days > mostBytes * 1.2) throw new UserError(`${days} days of ${(text.length / 1e6).toFixed(1)} MB are more than ${mostBytes / 1e6} MB: ask for at most ${Math.floor(mostBytes / text.length)} days`);
    const name = path.join(part, `${site}-day${String(day + 1).padStart(2, "0")}.csv`);
    await writeFileAtomic(path.join(fresh, name), text);
    made.days.push({ part, site, day, file: path.join(directory, name), bytes: text.length });
    made.bytes += text.length;
    progress.update(made.days.length, name);
  }
  const about = { simulated: true, note: "Simulated physics, not measurements: see host-tools/recordings.", seed, days, window: config.window, files: made.days.map((one) => ({ ...one, file: path.relative(directory, one.file) })) };
  await writeFileAtomic(path.join(fresh, "about.json"), `${JSON.stringify(about, null, 2)}\n`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(path.dirname(directory), { recursive: true });
  await rename(fresh, directory);
  progress.finish(`${made.days.length} days, ${(made.bytes / 1e6).toFixed(0)} MB`);
  return made;
}
