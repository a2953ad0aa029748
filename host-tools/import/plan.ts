/** Which files make which recording. */
import path from "node:path";
import { UserError } from "../lib/errors.js";
import type { Mapping, TableMapping } from "./mapping.js";
import { escaped } from "./numberText.js";
import type { Source } from "./sources.js";

/** Files of one table: several, where a logger begins a new one now and then. */
export interface PlannedPart {
  files: Source[];
  mapping: TableMapping;
  /** The sensors that are in it; undefined: all. */
  sensors: string[] | undefined;
}

export interface Planned {
  name: string;
  parts: PlannedPart[];
  /** Of labels. */
  labels: string | undefined;
}

/** A recording's name: of its folders and its file. Folders that commands know stay folders. */
function nameOf(name: string): string {
  const parts = name.slice(0, name.length - path.extname(name).length).split(path.sep);
  const [first = "", ...rest] = parts;
  return rest.length > 0 && ["train", "validation", "test"].includes(first)
    ? `${first}/${rest.join("-")}`
    : parts.join("-");
}

/** "{name}_acc.csv" as an expression whose first group is the name. */
function patternOf(file: string): RegExp {
  const [before = "", after, ...more] = file.split("{name}").map(escaped);
  if (more.length > 0) throw new UserError(`the mapping's file "${file}" has {name} more than once`);
  return after === undefined ? new RegExp(`^${before}$`) : new RegExp(`^${before}(.+)${after}$`);
}

/** The file of labels beside a recording's. */
function labelsBeside(mapping: Mapping, file: string, name: string): string | undefined {
  const pattern = mapping.label?.fromFile?.file;
  return pattern === undefined ? undefined : path.join(path.dirname(file), pattern.replace("{name}", name));
}

const isOfLabels = (mapping: Mapping, { file }: Source): boolean =>
  mapping.label?.fromFile !== undefined && patternOf(mapping.label.fromFile.file).test(path.basename(file));

/** @throws UserError for a recording one of whose files is missing */
export function planRecordings(sources: readonly Source[], mapping: Mapping): Planned[] {
  const tables = sources.filter((source) => !isOfLabels(mapping, source));
  if (mapping.parts) return planParts(tables, mapping, mapping.parts);
  const planned = (files: Source[], name: string): Planned => {
    const [{ file }] = files as [Source];
    const labels = labelsBeside(mapping, file, path.parse(file).name);
    return { name, parts: [{ files, mapping, sensors: undefined }], labels };
  };
  if (!mapping.joined) return tables.map((source) => planned([source], nameOf(source.name)));
  const folders = new Map<string, Source[]>();
  for (const source of tables) {
    const folder = path.dirname(source.file);
    folders.set(folder, [...(folders.get(folder) ?? []), source]);
  }
  return [...folders].map(([folder, files]) => {
    const name = path.dirname(files[0]!.name);
    return planned(files, name === "." ? path.basename(path.resolve(folder)) : nameOf(`${name}.`));
  });
}

function planParts(tables: readonly Source[], mapping: Mapping, parts: NonNullable<Mapping["parts"]>): Planned[] {
  const found = new Map<string, Planned & { base: string }>();
  parts.forEach((part, at) => {
    const pattern = patternOf(part.file);
    for (const source of tables) {
      const match = pattern.exec(path.basename(source.file));
      if (!match) continue;
      const name = match[1] ?? "recording";
      const full = nameOf(path.join(path.dirname(source.name), `${name}.csv`));
      let planned = found.get(full);
      if (!planned)
        found.set(
          full,
          (planned = { name: full, base: name, parts: [], labels: labelsBeside(mapping, source.file, name) }),
        );
      const { csv = mapping.csv, missing = mapping.missing, time = mapping.time, sensors } = part;
      planned.parts[at] = {
        files: [source],
        mapping: { ...(csv && { csv }), ...(missing && { missing }), ...(time && { time }), sensors },
        sensors: Object.keys(sensors),
      };
    }
  });
  for (const { name, base, parts: own } of found.values())
    parts.forEach(({ file }, at) => {
      if (!own[at])
        throw new UserError(
          `recording ${name} has no file ${file.replace("{name}", base)}, which the mapping's parts[${at}] is`,
        );
    });
  if (found.size === 0)
    throw new UserError(`no file is called as the mapping's parts: ${parts.map(({ file }) => file).join(", ")}`);
  return [...found.values()];
}
