import path from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { UserError } from "../lib/errors.js";
import { readUserFile } from "../lib/files.js";

/** What says which subject, site or machine a recording is of. */
export type GroupBy =
  | { kind: "name"; pattern: RegExp; text: string }
  | { kind: "column"; column: string; text: string }
  | { kind: "list"; file: string; text: string };

export const groupByHelp = "name:PATTERN, column:NAME or list:FILE";

/** @param text as `groupByHelp` says. @throws UserError for anything else */
export function parseGroupBy(text: string): GroupBy {
  const [, kind, rest] = /^(name|column|list):(.+)$/s.exec(text) ?? [];
  if (kind === undefined || rest === undefined)
    throw new UserError(
      `--group-by ${text}: ${groupByHelp} expected, such as "name:^s(\\d+)", column:subject or list:groups.csv`,
    );
  if (kind === "column") return { kind, column: rest, text };
  if (kind === "list") return { kind, file: rest, text };
  let pattern: RegExp;
  try {
    pattern = new RegExp(rest);
  } catch (error) {
    throw new UserError(`--group-by: ${(error as Error).message}`);
  }
  return { kind: "name", pattern, text };
}

/**
 * The group of each recording, in their order. By name: the first parentheses of the pattern, or all that it matches. By column: the one value that the recording
 * has there. By list: a CSV file of the columns "file" and "group".
 * @throws UserError naming the recording that has none, or two
 */
export async function groupsOf(files: string[], by: GroupBy): Promise<string[]> {
  if (by.kind === "name") return files.map((file) => groupInName(path.basename(file), by.pattern));
  if (by.kind === "column") return Promise.all(files.map((file) => groupInColumn(file, by.column)));
  const list = await readList(by.file);
  return files.map((file) => {
    const group = list.get(path.basename(file));
    if (group === undefined)
      throw new UserError(`${by.file} has no line for ${path.basename(file)}: every recording needs its group`);
    return group;
  });
}

function groupInName(name: string, pattern: RegExp): string {
  const match = pattern.exec(name);
  const group = match?.[1] ?? match?.[0];
  if (!group)
    throw new UserError(
      `--group-by: ${name} does not match ${pattern.source}: a pattern expected that finds the group in every recording's name`,
    );
  return group;
}

/** Records of a CSV file, the column names first. @throws UserError naming file and line */
async function readRecords(file: string, what: string): Promise<string[][]> {
  const content = await readUserFile(file, what);
  try {
    return parse(content, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(`${file}: ${error.message}`);
  }
}

function columnIn(names: string[], name: string, file: string): number {
  const at = names.indexOf(name);
  if (at < 0) throw new UserError(`${file}:1: there is no column "${name}"; the columns are ${names.join(", ")}`);
  return at;
}

async function groupInColumn(file: string, column: string): Promise<string> {
  const [names = [], ...rows] = await readRecords(file, "the recording");
  const at = columnIn(names, column, file);
  let group = "";
  let line = 0;
  rows.forEach((row, index) => {
    const value = row[at]!;
    if (value === "" || value === group) return;
    if (group !== "")
      throw new UserError(
        `${file}:${index + 2}: column ${column}: "${value}", but the recording began as "${group}" (line ${line}): one group a recording expected, so that a whole recording is held out or none of it`,
      );
    [group, line] = [value, index + 2];
  });
  if (group === "")
    throw new UserError(`${file}: column ${column} is blank in every row: the recording's group expected`);
  return group;
}

async function readList(file: string): Promise<Map<string, string>> {
  const [names = [], ...rows] = await readRecords(file, "the list of groups");
  const [name, group] = [columnIn(names, "file", file), columnIn(names, "group", file)];
  return new Map(rows.map((row) => [path.basename(row[name]!), row[group]!]));
}
