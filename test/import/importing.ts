/** Imports texts as files of a folder of their own. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { importRecordings, type ImportReport } from "../../host-tools/import/import.js";
import { checkMapping, mergeMappings, type Mapping } from "../../host-tools/import/mapping.js";
import { mappingOf, type MappingOptions } from "../../host-tools/import/options.js";
import { findSources } from "../../host-tools/import/sources.js";
import { checkConfig } from "../../host-tools/node/check.js";
import type { CheckedNode } from "../../host-tools/node/schema/node.js";

const sensor = (name: string, unit: string, rate: number, range: [number, number]) => ({
  ...{ name, unit, rate, range, stuckSeconds: 0 },
});

/** Windows of 4 s, classes p and q. */
export function nodeOf(
  ...sensors: [name: string, unit?: string, rate?: number, range?: [number, number]][]
): CheckedNode {
  return checkConfig({
    name: "mini",
    sensors: sensors.map(([name, unit = "g", rate = 10, range = [-100, 100]]) => sensor(name, unit, rate, range)),
    window: { seconds: 4, everySeconds: 4, frames: 4 },
    features: { statistics: ["mean", "variance"], spanSeconds: 1, spectra: [], correlations: [] },
    classes: ["p", "q"],
    model: { arenaBytes: 49152 },
    policy: { threshold: 0.7, decisionSeconds: 600 },
    actuators: [],
    app: { rules: { p: {}, q: {} } },
    outbox: { bytes: 16384 },
    radio: {
      board: {
        chip: "sx1262",
        pins: { clock: 5, dataOut: 27, dataIn: 19, select: 18, reset: 14, busy: 32, dio1: 33 },
        ...{ tcxoVoltage: 1.8, regulator: "dcdc", rfSwitch: "dio2" },
      },
      region: "EU868",
      ...{ devEui: "70b3d57ed0000001", joinEui: "70b3d57ed0000000", appKey: "2b7e151628aed2a6abf7158809cf4f3c" },
    },
  }).config;
}

export const mini = nodeOf(["a"]);

/** Writes files into a folder that the test's end removes. @returns the folder */
export async function folderOf(t: ExecutionContext, files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-import-"));
  t.teardown(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  return folder;
}

/** @param options of the command line, or a mapping */
export async function importFiles(
  inputs: readonly string[],
  {
    config = mini,
    mapping = { loamImport: 1 },
    isStrict = false,
    ...options
  }: { config?: CheckedNode; mapping?: Mapping; isStrict?: boolean } & MappingOptions = {},
): Promise<ImportReport> {
  const said = mappingOf(
    options,
    config.sensors.map(({ name }) => name),
  );
  return importRecordings(await findSources(inputs), {
    config,
    isStrict,
    mapping: mergeMappings(checkMapping(mapping, "mapping"), said),
  });
}

/** The cells of what was written, without the head; "" is NaN. */
export const cellsOf = (text: string): string[][] =>
  text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

export interface Written {
  name: string;
  times: number[];
  values: number[][];
  labels: string[];
}

export const writtenOf = ({ files }: ImportReport): Written[] =>
  files.flatMap(({ recordings }) =>
    recordings.flatMap(({ outputs }) =>
      outputs.map(({ name, text }) => {
        const cells = cellsOf(text);
        return {
          name,
          times: cells.map((row) => Number(row[0])),
          values: cells[0]!
            .slice(1, -1)
            .map((_, column) => cells.map((row) => (row[column + 1] === "" ? NaN : Number(row[column + 1])))),
          labels: cells.map((row) => row.at(-1)!),
        };
      }),
    ),
  );
