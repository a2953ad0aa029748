import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.js";
import { readUserFile, readUserFolder } from "../lib/files.js";
import { parseJson } from "../lib/json.js";
import { Random } from "../lib/random.js";
import { groupsOf, type GroupBy } from "./groups.js";

export const parts = ["train", "validation", "test"] as const;
export type Part = (typeof parts)[number];
export type RecordingFiles = Record<Part, string[]>;

/** Recordings of each group, by names relative to their folder, with "/". */
export type Groups = Record<string, string[]>;

/** Which recordings train, validate and test: the file split.json beside a network. */
export interface Split extends Record<Part, Groups> {
  /** "folders": of these names; "file": each recording alone; else as --group-by says. */
  by: string;
  seed: number;
  /** Of `folds`, counted from 1. */
  fold?: number;
  folds?: number;
}

export interface SplitOptions {
  seed: number;
  groupBy?: GroupBy | undefined;
  /** Groups that test, whatever the seed. */
  heldOut?: string[] | undefined;
  folds?: number | undefined;
  /** Counted from 1. */
  fold?: number | undefined;
}

const validationShare = 0.15;
const testShare = 0.25;

const csvFiles = async (folder: string): Promise<string[]> =>
  (await readUserFolder(folder, "the recordings")).filter((name) => name.endsWith(".csv"));

export const hasParts = (directory: string): boolean => parts.some((part) => existsSync(path.join(directory, part)));

/** The recordings of a split, in the folder that it is of. */
export function filesOf(split: Split, directory: string): RecordingFiles {
  const of = (part: Part): string[] =>
    Object.values(split[part])
      .flat()
      .map((name) => path.join(directory, name))
      .sort();
  return { train: of("train"), validation: of("validation"), test: of("test") };
}

/**
 * Which recordings train, validate and test: the folders of these names when they are there; otherwise whole files, or whole groups of them, are shared out, about
 * 60, 15 and 25 %, or in folds, in an order that depends on `seed` alone.
 * @param windows of each class in each recording, by its path: groups are shared out so that classes are as common in each part; none: in mere order
 * @throws UserError when a part would have none, or a group that is to be held out is not there
 */
export async function splitRecordings(
  directory: string,
  options: SplitOptions,
  windows?: ReadonlyMap<string, number[]>,
): Promise<Split> {
  const { seed, groupBy, heldOut, folds, fold = 1 } = options;
  if (!existsSync(directory))
    throw new UserError(
      `there is no folder ${directory}; make recordings with: npx loam recordings --out ${directory}`,
    );
  if (hasParts(directory)) return foldersOf(directory, options);
  const names = await csvFiles(directory);
  if (names.length < 3)
    throw new UserError(
      `${directory} has ${names.length} .csv files; at least 3 are needed, one each to train, validate and test; npx loam import FILE -o ${directory} makes them of other files`,
    );
  const labels = groupBy
    ? await groupsOf(
        names.map((name) => path.join(directory, name)),
        groupBy,
      )
    : names;
  const groups: Groups = {};
  names.forEach((name, index) => (groups[labels[index]!] ??= []).push(name));
  const known = Object.keys(groups);
  const by = groupBy?.text ?? "file";
  const needed = folds ?? 3;
  if (known.length < needed)
    throw new UserError(
      `${directory} has ${known.length} groups of recordings (${known.join(", ")}); at least ${needed} are needed, as a group is never in two parts`,
    );
  const sizes = Object.fromEntries(known.map((group) => [group, sizeOf(groups[group]!, directory, windows)]));
  const random = new Random(`split/${seed}`);
  const ordered = Array.from(random.order(known.length), (index) => known[index]!);
  const pick = (chosen: string[]): Groups => Object.fromEntries(chosen.sort().map((group) => [group, groups[group]!]));
  if (folds !== undefined) {
    const sets = shareOut(ordered, sizes, new Array<number>(folds).fill(1 / folds));
    const test = sets[fold - 1]!;
    const validation = sets[fold % folds]!;
    const train = known.filter((group) => !test.includes(group) && !validation.includes(group));
    return { by, seed, folds, fold, train: pick(train), validation: pick(validation), test: pick(test) };
  }
  if (heldOut) {
    for (const group of heldOut)
      if (!known.includes(group))
        throw new UserError(`--held-out ${group}: there is no such group; the groups are ${known.join(", ")}`);
    const rest = ordered.filter((group) => !heldOut.includes(group));
    if (rest.length < 2)
      throw new UserError(
        `--held-out leaves ${rest.length} groups; at least 2 are needed, one each to train and validate`,
      );
    const share = validationShare / (1 - testShare);
    const [train, validation] = shareOut(rest, sizes, [1 - share, share]);
    return { by, seed, train: pick(train!), validation: pick(validation!), test: pick([...heldOut]) };
  }
  const [train, validation, test] = groupBy
    ? shareOut(ordered, sizes, [1 - validationShare - testShare, validationShare, testShare])
    : inOrder(ordered);
  return { by, seed, train: pick(train!), validation: pick(validation!), test: pick(test!) };
}

/** Single recordings: by count alone. */
function inOrder(names: string[]): string[][] {
  const test = Math.max(1, Math.round(testShare * names.length));
  const validation = Math.max(1, Math.round(validationShare * names.length));
  return [names.slice(test + validation), names.slice(test, test + validation), names.slice(0, test)];
}

async function foldersOf(directory: string, { seed, groupBy, heldOut, folds }: SplitOptions): Promise<Split> {
  if (heldOut ?? folds)
    throw new UserError(
      `${directory} has folders train, validation and test, which say what is held out: leave out --held-out and --folds, or put all recordings into one folder`,
    );
  const split = { by: "folders", seed } as Split;
  const partOf = new Map<string, Part>();
  for (const part of parts) {
    const folder = path.join(directory, part);
    const names = existsSync(folder) ? await csvFiles(folder) : [];
    if (names.length === 0)
      throw new UserError(
        `${folder} has no .csv files; a folder of recordings has train, validation and test, or none of them`,
      );
    const groups = groupBy
      ? await groupsOf(
          names.map((name) => path.join(folder, name)),
          groupBy,
        )
      : names;
    split[part] = {};
    names.forEach((name, index) => (split[part][groups[index]!] ??= []).push(`${part}/${name}`));
    for (const group of groupBy ? new Set(groups) : []) {
      const other = partOf.get(group);
      if (other)
        throw new UserError(
          `${directory}: recordings of ${group} are in ${other} and in ${part}: a group in two parts makes a network look better than it is`,
        );
      partOf.set(group, part);
    }
  }
  return split;
}

function sizeOf(names: string[], directory: string, windows: ReadonlyMap<string, number[]> | undefined): number[] {
  const each = names.map((name) => windows?.get(path.join(directory, name)) ?? [1]);
  return each.reduce((sum, counts) => counts.map((count, label) => count + (sum[label] ?? 0)), []);
}

/**
 * Each group to the part that lacks most of what it has, class by class; no part stays without one.
 * @param shares of all windows that each part is to have; their sum is 1
 */
function shareOut(groups: string[], sizes: Record<string, number[]>, shares: number[]): string[][] {
  const totals = groups.reduce<number[]>(
    (sum, group) => sizes[group]!.map((count, label) => count + (sum[label] ?? 0)),
    [],
  );
  const portion = (group: string): number[] =>
    sizes[group]!.map((count, label) => (totals[label]! > 0 ? count / totals[label]! : 0));
  const lacking = shares.map((share) => totals.map((total) => (total > 0 ? share : 0)));
  const sets = shares.map((): string[] => []);
  for (const group of groups) {
    const parts = portion(group);
    const cost = lacking.map((lacks) => parts.reduce((sum, part, label) => sum + part * (part - 2 * lacks[label]!), 0));
    const best = cost.indexOf(Math.min(...cost));
    sets[best]!.push(group);
    parts.forEach((part, label) => (lacking[best]![label]! -= part));
  }
  const total = (group: string): number => portion(group).reduce((sum, part) => sum + part, 0);
  for (const empty of sets) {
    if (empty.length > 0) continue;
    const most = sets.reduce((a, b) => (b.length > a.length ? b : a));
    const least = most.reduce((a, b) => (total(b) < total(a) ? b : a));
    most.splice(most.indexOf(least), 1);
    empty.push(least);
  }
  return sets;
}

/** A saved split. @throws UserError when the file is none */
export async function readSplit(file: string): Promise<Split> {
  const split = parseJson(await readUserFile(file, "the split"), file) as Partial<Split>;
  const isGroups = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((names) => Array.isArray(names) && names.every((name) => typeof name === "string"));
  if (typeof split !== "object" || !parts.every((part) => isGroups(split[part])))
    throw new UserError(
      `${file}: no split; expected train, validation and test, each with the names of recordings by group, as loam train writes it`,
    );
  return { ...(split as Split), by: split.by ?? "list", seed: split.seed ?? 1 };
}

/** A split as lines for the terminal. */
export function describeSplit(split: Split): string {
  const held = split.fold === undefined ? "" : `, fold ${split.fold} of ${split.folds}`;
  const list = (part: Part): string => {
    const groups = Object.keys(split[part]);
    const shown = groups.length > 12 ? `${groups.slice(0, 12).join(", ")} ...` : groups.join(", ");
    const count = Object.values(split[part]).flat().length;
    return `  ${part}: ${count} recordings${split.by === "file" || split.by === "folders" ? "" : ` of ${groups.length} groups: ${shown}`}`;
  };
  return [`recordings shared out by ${split.by}, seed ${split.seed}${held}`, ...parts.map(list)].join("\n");
}
