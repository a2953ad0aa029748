/** npm run bench:convert: memory and time of the converter on networks of the sizes that people convert, as /usr/bin/time -v has them, into the table of docs/convert.md. */
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type * as tfl from "@tensorflow/tfjs-layers";
import { saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { startBackend } from "tfjs-to-tflite/tf/backend.js";
import { UserError } from "../lib/errors.js";
import { run } from "../lib/exec.js";
import { loamRoot } from "../lib/paths.js";
import { Random } from "../lib/random.js";
import { inceptionV3, largeDense, mobileNetV2 } from "./imageModels.js";
import { readMeasured, writeMeasured } from "./measuredText.js";

const seed = 1;
/** What `docs/convert.md` promises. */
const mostBytes = 1.5e9;
const n = (value: number): string => value.toLocaleString("en-US");

interface Network {
  title: string;
  make: (seed: number) => tfl.LayersModel;
}
const networks = {
  mobilenet: { title: "MobileNetV2, 224x224", make: mobileNetV2 },
  inception: { title: "Inception v3, 299x299", make: inceptionV3 },
  dense: { title: "convolutions and dense layers, 32x32", make: largeDense },
} satisfies Record<string, Network>;
type NetworkName = keyof typeof networks;

interface Case {
  network: NetworkName;
  samples: number;
  command: "convert" | "prune";
  args: readonly string[];
}
const cases: readonly Case[] = [
  { network: "mobilenet", command: "convert", args: ["--float"], samples: 0 },
  { network: "mobilenet", command: "convert", args: [], samples: 100 },
  { network: "inception", command: "convert", args: ["--float"], samples: 0 },
  { network: "inception", command: "convert", args: [], samples: 20 },
  { network: "dense", command: "convert", args: [], samples: 1000 },
  { network: "mobilenet", command: "convert", args: [], samples: 1000 },
  { network: "mobilenet", command: "prune", args: ["--ratio", "0.3", "--epochs", "1"], samples: 100 },
];

/** A picture of values from -1 to 1: a colour, a slope across it, and noise. */
function picture(random: Random, size: number): Float32Array {
  const numbers = new Float32Array(size * size * 3);
  const colour = Array.from({ length: 3 }, () => random.uniform(-0.5, 0.5));
  const [across, down] = [random.uniform(-1, 1), random.uniform(-1, 1)];
  for (let pixel = 0, at = 0; pixel < size * size; pixel++) {
    const slope = across * ((pixel % size) / size - 0.5) + down * (Math.floor(pixel / size) / size - 0.5);
    for (const base of colour) numbers[at++] = Math.max(-1, Math.min(1, base + slope / 2 + random.uniform(-0.2, 0.2)));
  }
  return numbers;
}

async function writePictures(file: string, count: number, size: number): Promise<void> {
  const random = new Random(`pictures ${seed}`);
  const out = await open(file, "w");
  try {
    for (let sample = 0; sample < count; sample++) await out.write(picture(random, size));
  } finally {
    await out.close();
  }
}

/** Saves a network in a folder of its name. @returns how many parameters it has, and the size of its input's pictures */
async function save(folder: string, name: NetworkName): Promise<{ parameters: number; size: number }> {
  const model = networks[name].make(seed);
  await saveLayersModel(model, path.join(folder, name));
  const made = { parameters: model.countParams(), size: model.inputs[0]!.shape[1]! };
  model.dispose();
  return made;
}

/** What npx starts. */
async function program(): Promise<string> {
  const { bin } = JSON.parse(await readFile(path.join(loamRoot, "package.json"), "utf8")) as { bin: { loam: string } };
  return path.join(loamRoot, bin.loam);
}

/** @throws UserError when the program fails */
async function peakOf(args: readonly string[]): Promise<{ bytes: number; seconds: number }> {
  const report = path.join(await mkdtemp(path.join(tmpdir(), "loam-time-")), "report");
  try {
    await run("/usr/bin/time", ["-v", "-o", report, process.execPath, ...args], { install: "apt-get install time" });
    const text = await readFile(report, "utf8");
    const clock = /Elapsed .*: (?:(\d+):)?(\d+):([\d.]+)/.exec(text);
    const kilobytes = /Maximum resident set size \(kbytes\): (\d+)/.exec(text);
    if (!clock || !kilobytes) throw new UserError(`/usr/bin/time -v says something else than expected:\n${text}`);
    const [, hours = "0", minutes, seconds] = clock;
    return {
      bytes: 1024 * Number(kilobytes[1]),
      seconds: 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds),
    };
  } finally {
    await rm(path.dirname(report), { recursive: true });
  }
}

/** The cells of a case that say which it is. */
const namesOf = ({ network, command, args, samples }: Case, parameters: string): string[] => [
  networks[network].title,
  parameters,
  `\`${[command, ...args].join(" ")}\`${samples > 0 ? `, ${n(samples)} samples` : ""}`,
];

async function row(folder: string, each: Case, made: { parameters: number; size: number }): Promise<string[]> {
  const { network, command, args, samples } = each;
  const data = path.join(folder, `${network}-${samples}.f32`);
  if (samples > 0) await writePictures(data, samples, made.size);
  const given = samples > 0 ? [command === "prune" ? "--data" : "--calibrate", data] : [];
  const { bytes, seconds } = await peakOf([
    ...[await program(), command, path.join(folder, network)],
    ...[...args, ...given, "--out", path.join(folder, "out", `${network}-${command}-${samples}`)],
  ]);
  await rm(data, { force: true });
  const cells = [
    ...namesOf(each, `${n(Math.round((4 * made.parameters) / 1e6))} MB`),
    `${n(Math.round(bytes / 1e6))} MB`,
    `${n(Math.round(seconds))} s`,
  ];
  process.stdout.write(`${cells.join("  ")}\n`);
  if (bytes > mostBytes) throw new UserError(`${cells.join(", ")}: more than ${n(mostBytes / 1e6)} MB`);
  return cells;
}

const [page, measured] = ["docs/convert.md", "memory"];
const head = ["| network | float weights | command | peak memory | time |", "| --- | ---: | --- | ---: | ---: |"];

/** Puts a row into the page's table, in the order of the cases. Rows that no case has any more go. */
async function writeRow(cells: readonly string[]): Promise<void> {
  const before = (await readMeasured(page, measured))
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const keyOf = (row: readonly string[]): string => `${row[0]} ${row[2]}`;
  const known = new Map(before.map((row) => row.slice(1, -1)).map((row) => [keyOf(row), row]));
  known.set(keyOf(cells), [...cells]);
  const lines = cases.flatMap((each) => {
    const found = known.get(keyOf(namesOf(each, "")));
    return found ? [`| ${found.join(" | ")} |`] : [];
  });
  const left = cases.filter((each) => !known.has(keyOf(namesOf(each, ""))));
  const missing = left.map((each) => `${networks[each.network].title}: ${namesOf(each, "")[2]}`);
  const note = left.length > 0 ? ["", `Not measured yet: ${missing.join("; ")}.`] : [];
  await writeMeasured(page, measured, [...head, ...lines, ...note].join("\n"));
}

/** @param wanted of `COMMAND:NETWORK` or `COMMAND:NETWORK:SAMPLES`; all by default */
async function measureAll(wanted: readonly string[]): Promise<void> {
  await startBackend("wasm");
  const folder = await mkdtemp(path.join(tmpdir(), "loam-bench-convert-"));
  const made = new Map<NetworkName, { parameters: number; size: number }>();
  try {
    for (const each of cases) {
      const name = `${each.command}:${each.network}`;
      if (wanted.length > 0 && !wanted.includes(name) && !wanted.includes(`${name}:${each.samples}`)) continue;
      if (!made.has(each.network)) made.set(each.network, await save(folder, each.network));
      await writeRow(await row(folder, each, made.get(each.network)!));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

await measureAll(process.argv.slice(2));
