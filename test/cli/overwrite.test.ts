// Slow: commands that do their work
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import * as tfl from "@tensorflow/tfjs-layers";
import test from "ava";
import type { Command } from "commander";
import { execa } from "execa";
import { saveLayersModel } from "tfjs-to-tflite/graph/modelFiles.js";
import { npyOf } from "tfjs-to-tflite/graph/npy.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { startPlainBackend } from "../convert/backend.js";

const folder = path.join(buildRoot, "test", `overwrite-${process.pid}`);
const at = (...names: string[]) => path.join(folder, ...names);
const tflite = path.join(loamRoot, "device/model/model.tflite");
const node = path.join(loamRoot, "node.config.json");
const text = "int main(void) { return 0; }\n";

test.before(async () => {
  mkdirSync(folder, { recursive: true });
  await startPlainBackend();
  const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 4, inputShape: [3], useBias: true })] });
  model.add(tfl.layers.dense({ units: 2 }));
  await saveLayersModel(model, at("model"));
  writeFileSync(at("recording.csv"), "time\n");
  writeFileSync(at("mini.json"), JSON.stringify({ ...JSON.parse(readFileSync(node, "utf8")), ...mini }));
  writeFileSync(at("log.csv"), `time,a\n${Array.from({ length: 200 }, (_, i) => `${i / 10},${i % 7}\n`).join("")}`);
  writeFileSync(at("input.bin"), Buffer.alloc(readInputSize()));
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** Of a description of one sensor. */
const mini = {
  $schema: undefined,
  sensors: [{ name: "a", unit: "g", rate: 10, range: [-9, 9], stuckSeconds: 0 }],
  window: { seconds: 4, everySeconds: 4, frames: 4 },
  features: { statistics: ["mean"], spanSeconds: 1, spectra: [], correlations: [] },
};

/** Frames and features of the example's network, a byte each. */
function readInputSize(): number {
  const { mean } = normalizer();
  const { window } = JSON.parse(readFileSync(node, "utf8")) as { window: { frames: number } };
  return window.frames * mean;
}
const normalizer = () => ({ mean: readFileSync(path.join(loamRoot, "device/model/normalizer.bin")).readUInt32LE(4) });

interface Row {
  command: string;
  /** The file that is written in `place`, a folder of the row's own. */
  file: string;
  args: (place: string) => string[];
  /** What the file must not be. Default: text. */
  foreign?: string | Buffer;
  /** The command takes under a second, and its own output can be written again here. */
  runs?: boolean;
}

const picture = Buffer.from("\x89PNG\r\n\x1a\n....", "latin1");
const importing = (place: string) => [
  ...["import", at("log.csv"), "--node", at("mini.json"), "--output", place],
  ...["--save", path.join(place, "mapping.json")],
];
const convert = (place: string) => ["convert", at("model"), "--float", "--out", path.join(place, "net")];
const prune = (place: string) => ["prune", at("model"), "--ratio", "0.4", "--uniform", "--out", place];
const train = (place: string) => ["train", "--recordings", at("none"), "--node", node, "--out", place];
const example = (place: string) => ["example", "--recordings", at("none"), "--node", node, "--out", place];

/** Every command that writes to a given place, and every file that it writes. */
const rows: Row[] = [
  ...["net.tflite", "net.c", "net.h", "net.json"].map((file) => ({
    command: "convert",
    file,
    args: convert,
    runs: true,
  })),
  { command: "prune", file: "model.json", args: prune, runs: true },
  { command: "prune", file: "weights.bin", args: prune, foreign: picture, runs: true },
  {
    command: "infer",
    file: "out.bin",
    args: (place) => ["infer", tflite, "--input", at("input.bin"), "--output", path.join(place, "out.bin")],
    foreign: picture,
    runs: true,
  },
  {
    command: "infer",
    file: "notes.txt",
    args: (place) => ["infer", tflite, "--input", at("input.bin"), "--output", path.join(place, "notes.txt")],
  },
  {
    command: "arena",
    file: "plan.tflite",
    args: (place) => ["arena", tflite, "--plan", path.join(place, "plan.tflite")],
    runs: true,
  },
  {
    command: "plan",
    file: "pieces.tflite",
    args: (place) => ["plan", tflite, "--arena", "49152", "--out", path.join(place, "pieces.tflite")],
    runs: true,
  },
  {
    command: "inspect",
    file: "operators.json",
    args: (place) => ["inspect", tflite, "--operators", path.join(place, "operators.json")],
    foreign: '{ "defines": {}, "modules": {} }',
    runs: true,
  },
  ...["log.csv", "mapping.json"].map((file) => ({ command: "import", file, args: importing, runs: true })),
  {
    command: "script",
    file: "app.lpk",
    args: (place) => ["script", "pack", at("app"), "--key", at("key.pem"), "--out", path.join(place, "app.lpk")],
  },
  {
    command: "firmware",
    file: "node.lfw",
    args: (place) => ["firmware", "pack", at("app"), "--key", at("key.pem"), "--out", path.join(place, "node.lfw")],
  },
  {
    command: "bench",
    file: "page.md",
    args: (place) => ["bench", tflite, "--write", path.join(place, "page.md")],
    foreign: "# Another page\n",
  },
  {
    command: "experiments",
    file: "public.md",
    args: (place) => ["experiments", "--public", at("none"), "--write", path.join(place, "public.md")],
    foreign: "# Another page\n",
  },
  {
    command: "cloud",
    file: "scale.md",
    args: (place) => ["cloud", "bench", "--write", path.join(place, "scale.md")],
    foreign: "# Another page\n",
  },
  {
    command: "cloud",
    file: "doubts.json",
    args: (place) => ["cloud", "doubts", "--cloud", "http://127.0.0.1:9/", "--out", path.join(place, "doubts.json")],
  },
  {
    command: "features",
    file: "all.csv",
    args: (place) => ["features", at("recording.csv"), "--node", node, "--output", path.join(place, "all.csv")],
    foreign: "time,label\n",
  },
  {
    command: "features",
    file: "replay.bin",
    args: (place) => ["features", at("recording.csv"), "--node", node, "--replay", path.join(place, "replay.bin")],
  },
  ...["float/model.json", "normalizer.bin", "samples.npy", "labels.npy", "training.json"].map((file) => ({
    command: "train",
    file,
    args: train,
  })),
  ...["float/weights.bin", "checkpoint.bin"].map((file) => ({ command: "train", file, args: train, foreign: picture })),
  ...["report.html", "model/float.tflite", "model/model.tflite", "model/model.c", "model/pruned/model.json"].map(
    (file) => ({ command: "example", file, args: example }),
  ),
];

/** In this process: a refusal comes before any work. */
async function refused([name, ...args]: string[]): Promise<string> {
  const { default: command } = (await import(`../../host-tools/commands/${name}.ts`)) as { default: Command };
  try {
    await command.parseAsync(args, { from: "user" });
  } catch (error) {
    if ((error as Error).name === "UserError") return (error as Error).message;
    throw error;
  }
  return "not refused";
}

let places = 0;
function makePlace(): string {
  const place = at(`place${places++}`);
  mkdirSync(place);
  return place;
}

/** Everything below a folder, by name. */
const contents = (place: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(place, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(place, file), readFileSync(file, "latin1")]),
  );

function put(file: string, data: string | Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, data);
}

for (const { command, file, args, foreign = text } of rows) {
  test.serial(`${command}: ${file} of another kind is not overwritten`, async (t) => {
    const place = makePlace();
    put(path.join(place, file), foreign);
    const before = contents(place);
    const message = await refused(args(place));
    t.true(message.startsWith(path.join(place, file)), message);
    t.regex(message, / is .+; .+ goes there: choose another name, or --force to replace it$/);
    t.deepEqual(contents(place), before);
  });

  test.serial(`${command}: a folder where ${file} should go is refused, with --force too`, async (t) => {
    const place = makePlace();
    mkdirSync(path.join(place, file), { recursive: true });
    for (const force of [[], ["--force"]])
      t.is(await refused([...args(place), ...force]), `cannot write ${path.join(place, file)}: that is a folder`);
    t.deepEqual(contents(place), {});
  });

  test.serial(`${command}: a file where the folder of ${file} should be is refused, with --force too`, async (t) => {
    const place = path.join(makePlace(), "inner");
    writeFileSync(place, text);
    for (const force of [[], ["--force"]])
      t.regex(
        await refused([...args(place), ...force]),
        /^cannot write .+: a part of the path is a file, not a folder/,
      );
    t.is(readFileSync(place, "utf8"), text);
  });
}

const loam = (...args: string[]) =>
  execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false });

const runs = Object.values(Object.fromEntries(rows.filter((row) => row.runs).map((row) => [row.command, row])));
for (const { command, args } of runs)
  test(`${command}: --force replaces other files; the command's own are replaced without it`, async (t) => {
    const place = makePlace();
    const mine = rows.filter((row) => row.command === command && row.runs);
    for (const { file, foreign = text } of mine) put(path.join(place, file), foreign);
    const kept = await loam(...args(place));
    t.is(kept.exitCode, 1);
    t.regex(kept.stderr, /^loam: .*--force to replace it$/m);
    const forced = await loam(...args(place), "--force");
    t.is(forced.exitCode, 0, forced.stderr);
    const written = contents(place);
    for (const { file, foreign = text } of mine) t.not(written[file], foreign.toString("latin1"), file);
    const again = await loam(...args(place));
    t.is(again.exitCode, 0, again.stderr);
    t.deepEqual(contents(place), written);
  });

test.serial("an empty file is overwritten; a device, or a link to one, is not inspected", async (t) => {
  const place = makePlace();
  const args = (file: string) => ["infer", tflite, "--input", at("input.bin"), "--output", file];
  put(path.join(place, "empty.txt"), "");
  await execa("mkfifo", [path.join(place, "fifo")]);
  symlinkSync("fifo", path.join(place, "link"));
  t.is(await refused(args(path.join(place, "empty.txt"))), "not refused");
  const reader = execa("cat", [path.join(place, "fifo")], { encoding: "buffer" });
  t.is(await refused(args(path.join(place, "link"))), "not refused");
  const bytes = readFileSync(path.join(place, "empty.txt"));
  t.true(bytes.length > 0);
  t.deepEqual(Buffer.from((await reader).stdout), bytes);
});

/** An input is not overwritten, whatever its name, even with --force. */
const readers: [title: string, args: (place: string) => string[], named: RegExp][] = [
  [
    "infer, its model",
    () => ["infer", at("own.tflite"), "--input", at("input.bin"), "--output", at("own.tflite")],
    /own\.tflite/,
  ],
  ["infer, its input", () => ["infer", tflite, "--input", at("input.bin"), "--output", at("input.bin")], /input\.bin/],
  [
    "infer, a link to its input",
    () => ["infer", tflite, "--input", at("input.bin"), "--output", at("input-link")],
    /input-link/,
  ],
  ["arena, its model", () => ["arena", at("own.tflite"), "--plan", at("own.tflite")], /own\.tflite/],
  ["plan, its model", () => ["plan", at("own.tflite"), "--arena", "49152", "--out", at("own.tflite")], /own\.tflite/],
  ["inspect, its model", () => ["inspect", at("own.tflite"), "--operators", at("own.tflite")], /own\.tflite/],
  [
    "script pack, the key",
    () => ["script", "pack", at("app"), "--key", at("own.json"), "--out", at("own.json")],
    /own\.json/,
  ],
  ["bench, its model", () => ["bench", at("own.tflite"), "--write", at("own.tflite")], /own\.tflite/],
  [
    "features, the recording",
    () => ["features", at("recording.csv"), "--node", node, "--output", at("recording.csv")],
    /recording\.csv/,
  ],
  [
    "features, the node description",
    () => ["features", at("recording.csv"), "--node", at("own.json"), "--output", at("own.json")],
    /own\.json/,
  ],
  [
    "import, the recording",
    () => ["import", at("log.csv"), "--node", at("mini.json"), "--output", at(".")],
    /log\.csv/,
  ],
  ["convert, its model", () => ["convert", at("model"), "--float", "--out", at("model/model")], /model\.json/],
  [
    "prune, its model",
    () => ["prune", at("model"), "--ratio", "0.4", "--uniform", "--out", at("model")],
    /model\.json/,
  ],
  [
    "train, the node description",
    (place) => ["train", "--node", path.join(place, "training.json"), "--out", place],
    /training\.json/,
  ],
];
for (const [title, args, named] of readers)
  test.serial(`an input is not overwritten: ${title}`, async (t) => {
    if (!existsSync(at("own.tflite"))) {
      copyFileSync(tflite, at("own.tflite"));
      copyFileSync(node, at("own.json"));
      symlinkSync("input.bin", at("input-link"));
    }
    const place = makePlace();
    copyFileSync(node, path.join(place, "training.json"));
    for (const force of [[], ["--force"]]) {
      const message = await refused([...args(place), ...force]);
      t.regex(message, / is an input and would be overwritten: choose another name$/);
      t.regex(message, named);
    }
  });

test.serial("two outputs in one file are refused", async (t) => {
  const file = at("both.bin");
  const args = ["features", at("recording.csv"), "--node", node, "--output", file, "--replay", `${folder}/./both.bin`];
  t.is(await refused(args), `${file} would be written twice: choose two names`);
});

test.serial("output folders: a file in their place is refused", async (t) => {
  const file = at("a-file");
  writeFileSync(file, text);
  const recorded = await loam("recordings", "--out", file, "--node", node, "--days", "3");
  t.is(recorded.exitCode, 1);
  t.regex(recorded.stderr, /a-file is a file, a folder expected/);
  const below = await loam("recordings", "--out", path.join(file, "below"), "--node", node, "--days", "3");
  t.is(below.exitCode, 1);
  t.regex(below.stderr, /cannot (make|write) .*below: a part of the path is a file, not a folder/);
  t.is(readFileSync(file, "utf8"), text);
});

/** Commands with an option that names an output folder of their own: they refuse one with foreign files, and --force does not delete those. */
const ownFolders = ["device", "record", "recordings"];

test.serial("every command that writes files has --force, and rows in this test", async (t) => {
  const names = readdirSync(path.join(loamRoot, "host-tools/commands")).map((file) => path.parse(file).name);
  const optionsOf = async (name: string): Promise<string[]> => {
    const { default: command } = (await import(`../../host-tools/commands/${name}.ts`)) as { default?: Command };
    // Others are parts of a command.
    return [command ?? [], command?.commands ?? []]
      .flat()
      .flatMap(({ options }) => options.map(({ long }) => long ?? ""));
  };
  const options = await Promise.all(names.map(async (name) => [name, await optionsOf(name)] as const));
  const forced = options.filter(([, list]) => list.includes("--force")).map(([name]) => name);
  t.deepEqual(forced, [...new Set(rows.map(({ command }) => command))].sort());
  const writing = options
    .filter(([, list]) =>
      list.some((option) => ["--out", "--output", "--write", "--plan", "--replay"].includes(option)),
    )
    .map(([name]) => name);
  t.deepEqual(writing.filter((name) => !forced.includes(name)).sort(), ownFolders);
});

test("normalizers, arrays and samples are recognized by their first bytes", async (t) => {
  const place = makePlace();
  writeFileSync(path.join(place, "samples.npy"), npyOf([1], new Float32Array(1)));
  writeFileSync(path.join(place, "normalizer.bin"), text);
  t.regex(await refused(train(place)), /normalizer\.bin is other text; a normalizer goes there/);
});
