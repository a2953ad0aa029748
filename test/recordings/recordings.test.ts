import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import type { NodeConfig } from "../../device/config.js";
import { extractFeatures } from "../../host-tools/features/extract.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { dayToCsv } from "../../host-tools/recordings/csv.js";
import { checkSimulated, makeDay } from "../../host-tools/recordings/day.js";
import { generateRecordings, mostBytes, planDays } from "../../host-tools/recordings/generate.js";
import { changeRecording } from "../../host-tools/train/augment.js";
import { filesOf, splitRecordings } from "../../host-tools/train/split.js";
import { exampleNode } from "../../host-tools/node/nodeFolder.js";
import { readNode } from "../../host-tools/node/nodeFile.js";

async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "loam-recordings-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

const hashOf = async (file: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
const few = { days: 3, seed: 7, progress: silentProgress };
/** Few windows a day, so that tests are quick. */
const sparse = async (): Promise<NodeConfig> => {
  const config = await readNode(exampleNode.description);
  return { ...config, window: { ...config.window, everySeconds: 14400 } };
};

test("no site and no day is in two of train, validation and test, and each of them has some", (t) => {
  for (const days of [3, 4, 7, 12, 36, 50]) {
    const plan = planDays(days);
    t.is(plan.length, days);
    for (const key of ["site", "day"] as const) {
      const partOf = new Map<string | number, string>();
      for (const one of plan) {
        t.is(partOf.get(one[key]) ?? one.part, one.part, `${key} ${one[key]}`);
        partOf.set(one[key], one.part);
      }
    }
    t.deepEqual([...new Set(plan.map(({ part }) => part))].sort(), ["test", "train", "validation"]);
  }
  t.throws(() => planDays(2), { name: "UserError" });
});

test("a link to the folder stays, and leads to the new recordings", async (t) => {
  const config = await sparse();
  const folder = await temporary(t);
  await mkdir(path.join(folder, "far"));
  await symlink("far/set", path.join(folder, "link"));
  for (const seed of [1, 2]) {
    await generateRecordings(path.join(folder, "link"), config, { ...few, seed });
    t.is(await readlink(path.join(folder, "link")), "far/set");
    t.like(JSON.parse(await readFile(path.join(folder, "far/set/about.json"), "utf8")), { seed });
  }
  t.deepEqual(await readdir(path.join(folder, "far")), ["set"]);
});

test("the same seed gives the same bytes, another seed others; nothing half-written is left", async (t) => {
  const config = await sparse();
  const folder = await temporary(t);
  const first = await generateRecordings(path.join(folder, "a"), config, few);
  const again = await generateRecordings(path.join(folder, "b"), config, few);
  const other = await generateRecordings(path.join(folder, "c"), config, { ...few, seed: 8 });
  for (const [index, { file }] of first.days.entries()) {
    t.is(await hashOf(again.days[index]!.file), await hashOf(file));
    t.not(await hashOf(other.days[index]!.file), await hashOf(file));
  }
  t.deepEqual((await readdir(folder)).sort(), ["a", "b", "c"]);
  const about = JSON.parse(await readFile(path.join(folder, "a/about.json"), "utf8")) as { simulated: boolean };
  t.true(about.simulated);
});

test("a day does not depend on which other days are made", async (t) => {
  const config = await sparse();
  const text = (): string => dayToCsv(config, 0, makeDay(config, 7, "site02", 1).windows);
  const alone = text();
  dayToCsv(config, 0, makeDay(config, 7, "site01", 0).windows);
  t.is(text(), alone);
});

test("a folder that holds something else is not touched", async (t) => {
  const folder = await temporary(t);
  await writeFile(path.join(folder, "thesis.txt"), "precious");
  await t.throwsAsync(generateRecordings(folder, await sparse(), few), {
    name: "UserError",
    message: /holds something else/,
  });
  t.is(await readFile(path.join(folder, "thesis.txt"), "utf8"), "precious");
});

test("a folder named with a trailing slash is replaced like any other; one with a foreign file in it is not", async (t) => {
  const folder = await temporary(t);
  const place = path.join(folder, "made") + path.sep;
  const config = await sparse();
  await generateRecordings(place, config, few);
  const first = await readdir(place, { recursive: true });
  await generateRecordings(place, config, few);
  t.deepEqual((await readdir(place, { recursive: true })).sort(), first.sort());
  t.deepEqual(await readdir(folder), ["made"]);
  await writeFile(path.join(place, "train", "own.csv"), "precious");
  await t.throwsAsync(generateRecordings(place, config, few), {
    name: "UserError",
    message: /holds train.own\.csv besides simulated recordings: move it/,
  });
  t.is(await readFile(path.join(place, "train", "own.csv"), "utf8"), "precious");
});

test("a full day holds 96 windows, and 36 such days stay below the limit", async (t) => {
  const config = await readNode(exampleNode.description);
  const text = dayToCsv(config, 35 * 86400, makeDay(config, 1, "site36", 35).windows);
  t.is(text.split("\n").length, 1 + 96 * 30 * 64 + 1);
  t.true(text.length * 36 < mostBytes, `${text.length} bytes a day`);
  await t.throwsAsync(generateRecordings(path.join(await temporary(t), "x"), config, { ...few, days: 400 }), {
    name: "UserError",
    message: /at most \d+ days/,
  });
});

test("only the irrigation node is simulated", async (t) => {
  const config = await readNode(exampleNode.description);
  t.throws(() => checkSimulated({ ...config, sensors: config.sensors.slice(1) }), {
    name: "UserError",
    message: /soil/,
  });
  t.throws(() => checkSimulated({ ...config, classes: ["normal", "dry"] }), {
    name: "UserError",
    message: /lacks irrigating/,
  });
});

test("a user's own recordings: split by folder, or else whole files split by the seed", async (t) => {
  const folder = await temporary(t);
  const flat = path.join(folder, "flat");
  await mkdir(flat);
  for (let i = 0; i < 10; i++) await writeFile(path.join(flat, `day${i}.csv`), "");
  const split = filesOf(await splitRecordings(flat, { seed: 1 }), flat);
  const all = [...split.train, ...split.validation, ...split.test];
  t.is(new Set(all).size, 10);
  t.deepEqual([split.train.length, split.validation.length, split.test.length], [5, 2, 3]);
  t.deepEqual(filesOf(await splitRecordings(flat, { seed: 1 }), flat), split);
  t.notDeepEqual(filesOf(await splitRecordings(flat, { seed: 2 }), flat), split);
  await t.throwsAsync(splitRecordings(path.join(folder, "nowhere"), { seed: 1 }), {
    name: "UserError",
    message: /no folder/,
  });
  await mkdir(path.join(folder, "half/train"), { recursive: true });
  await t.throwsAsync(splitRecordings(path.join(folder, "half"), { seed: 1 }), {
    name: "UserError",
    message: /no \.csv files/,
  });
});

test("augmented features are those that the device computes from the changed recording", async (t) => {
  const config = await sparse();
  const folder = await temporary(t);
  const { windows } = makeDay(config, 2, "site", 1);
  const made = [...windows].map(({ truth, slow, vibration }) => ({ truth, slow, vibration }));
  const changes = [
    { gain: 1, offset: 0.75 },
    { gain: 1, offset: -1.5 },
    { gain: 1, offset: 2.25 },
    { gain: 1.25, offset: 0 },
  ];
  const moved = (values: Float64Array, { gain, offset }: { gain: number; offset: number }): Float64Array =>
    values.map((value) => value * gain + offset);
  const changed = made.map(({ truth, slow, vibration }) => ({
    truth,
    slow: {
      soil: moved(slow.soil, changes[0]!),
      temperature: moved(slow.temperature, changes[1]!),
      humidity: moved(slow.humidity, changes[2]!),
    },
    vibration: moved(vibration, changes[3]!),
  }));
  const files = [path.join(folder, "as-is.csv"), path.join(folder, "changed.csv")];
  await writeFile(files[0]!, dayToCsv(config, 0, made));
  await writeFile(files[1]!, dayToCsv(config, 0, changed));
  const set = await extractFeatures(files, config, { progress: silentProgress });
  const half = set.features.length / 2;
  const augmented = set.features.slice(0, half);
  const before = augmented.slice();
  changeRecording(config, augmented, changes);
  t.notDeepEqual(augmented, before);
  // A CSV keeps 2 digits of the slow sensors and 3 of vibration: what differs is rounding.
  const names = set.layout.names;
  let worst = 0;
  augmented.forEach((value, at) => {
    const name = names[at % names.length]!;
    const difference = Math.abs(value - set.features[half + at]!);
    const allowed = name.includes("~") ? 0.15 : name.includes("Hz") ? 0.25 : name.endsWith("variance") ? 0.03 : 0.012;
    if (difference > allowed) t.fail(`${name}: ${value}, the device says ${set.features[half + at]}`);
    worst = Math.max(worst, difference);
  });
  t.true(worst > 0);
});
