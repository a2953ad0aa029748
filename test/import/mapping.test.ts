/** What options and mappings say: columns, units, labels in other files, several files a recording. */
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { checkMapping, type Mapping } from "../../host-tools/import/mapping.js";
import { previewText } from "../../host-tools/import/preview.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { folderOf, importFiles, mini, nodeOf, writtenOf } from "./importing.js";

const rows = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${row(i)}\n`).join("");

test("a saved mapping reads other files as the first was read", async (t) => {
  const folder = await folderOf(t, {
    "one.txt":
      `05.03.2026 06:00:00,0;1,5;an\n${rows(99, (i) => `05.03.2026 06:00:0${((i + 1) / 10).toFixed(1).replace(".", ",")};1,5;an`)}`
        .split("\n")
        .slice(0, 99)
        .join("\n"),
    "two.txt": rows(50, (i) => `05.03.2026 07:00:0${(i / 10).toFixed(1).replace(".", ",")};2,25;aus`),
  });
  const options = {
    timeFormat: "dd.MM.yyyy HH:mm:ss,S",
    zone: "Europe/Berlin",
    time: "1",
    column: ["a=2"],
    labelColumn: "3",
    class: ["an=p", "aus=q"],
    scale: ["a=2"],
    offset: ["a=-1"],
  };
  const first = await importFiles([path.join(folder, "one.txt")], options);
  t.deepEqual(first.refused, []);
  const saved: unknown = JSON.parse(JSON.stringify(first.files[0]!.mapping));
  const mapping = checkMapping(saved, "saved");
  const second = await importFiles([path.join(folder, "two.txt")], { mapping });
  t.deepEqual(second.refused, []);
  const [{ times, values, labels }] = writtenOf(second) as [ReturnType<typeof writtenOf>[0]];
  t.is(times[0], Date.UTC(2026, 2, 5, 6) / 1000);
  t.true(values[0]!.every((value) => value === 2 * 2.25 - 1));
  t.true(labels.every((label) => label === "q"));
});

test("a wrong mapping is refused with the key, its value and what is right", (t) => {
  const cases: [mapping: unknown, message: RegExp][] = [
    [{}, /loamImport: missing, expected 1/],
    [{ loamImport: 1, csv: { decimal: ";" } }, /csv\.decimal: ";", expected one of \., ,/],
    [{ loamImport: 1, sensor: {} }, /sensor: {}, but there is no such key; did you mean "sensors"\?/],
    [{ loamImport: 1, sensors: { a: { column: "x", scale: "2" } } }, /sensors\.a\.scale: "2", expected a number/],
    [{ loamImport: 1, gapSeconds: -1 }, /gapSeconds: -1, expected a number from 0/],
  ];
  for (const [mapping, message] of cases)
    t.throws(() => checkMapping(mapping, "m.json"), { name: "UserError", message });
});

test("options are refused with what is right", async (t) => {
  const folder = await folderOf(t, { "a.csv": `time,a,b\n${rows(50, (i) => `${i / 10},1,2`)}` });
  const two = nodeOf(["x"], ["y"]);
  await t.throwsAsync(importFiles([folder], { scale: ["b=2"] }), {
    message: /--scale: "b" is no sensor of the node; its sensors are a/,
  });
  await t.throwsAsync(importFiles([folder], { scale: ["a=much"] }), { message: /--scale: "much" is no number/ });
  const refusedOf = async (options: Parameters<typeof importFiles>[1]) =>
    (await importFiles([folder], options)).refused[0]?.reason;
  t.regex(
    (await refusedOf({ config: two }))!,
    /a\.csv: no column is called "x"; columns left are a, b: say --column x=COLUMN/,
  );
  t.regex(
    (await refusedOf({ column: ["a=c"] }))!,
    /a\.csv: column "c", but there is no such column.* Known: time, a, b/,
  );
  t.regex((await refusedOf({ zone: "Berlin", timeFormat: "iso" }))!, /time zone "Berlin": there is none of this name/);
  t.regex(
    (await refusedOf({ label: "r" }))!,
    /label: "r" is not a class of the node; the classes are p, q: say --class r=CLASS, or --class r= to leave its rows out/,
  );
});

test("units in the columns' names are converted to the description's", async (t) => {
  const config = nodeOf(["acc", "g", 10, [-2, 2]], ["temp", "°C", 10, [0, 50]]);
  const folder = await folderOf(t, {
    "a.csv": `time [ms],acc (m/s²),temp [°F]\n${rows(50, (i) => `${100 * i},9.80665,212`)}`,
  });
  const report = await importFiles([folder], { config, column: ["acc=acc (m/s²)", "temp=temp [°F]"] });
  t.deepEqual(report.refused, []);
  const [{ values, times }] = writtenOf(report) as [ReturnType<typeof writtenOf>[0]];
  t.deepEqual([values[0]![0], values[1]![0], times[1]], [1, 100, 0.1]);
  t.regex(
    report.files[0]!.warnings.join(),
    /acc: m\/s² converted to g \(times 0\.101972\).*temp: °F converted to °C \(times 0\.555556, plus -17\.7778\)/,
  );
});

test("WISDM's form: no names, rows that end with a mark, users, activities, nanoseconds", async (t) => {
  const config = nodeOf(["x", "g", 20], ["y", "g", 20], ["z", "g", 20]);
  const user = (name: number, activity: string, from: number) =>
    rows(100, (i) => `${name},${activity},${49105962326000 + 50_000_000 * (from + i)},-0.6946377,${i},0.5;`);
  const text =
    user(33, "Jogging", 0) +
    user(33, "Sitting", 100) +
    user(33, "Walking", 200) +
    user(17, "Walking", 50).replaceAll(";\n17", ";17");
  const folder = await folderOf(t, { "raw.txt": text });
  const report = await importFiles([folder], {
    ...{ config, time: "3", split: ["1"], labelColumn: "2", column: ["x=4", "y=5", "z=6"], unit: ["m/s2"] },
    class: ["Jogging=p", "Walking=q", "Sitting="],
  });
  t.deepEqual(report.refused, []);
  const written = writtenOf(report);
  t.deepEqual(
    written.map(({ name, labels }) => [name, labels.length, labels[0]]),
    [
      ["raw-33-1.csv", 100, "p"],
      ["raw-33-2.csv", 100, "q"],
      ["raw-17.csv", 100, "q"],
    ],
  );
  t.is(written[0]!.values[0]![0], -0.07083333);
  t.is(written[0]!.times[0], 49105.96);
  t.deepEqual(
    report.labels.map(({ label, class: name, rows: count }) => [label, name, count]),
    [
      ["Jogging", "p", 100],
      ["Sitting", null, 100],
      ["Walking", "q", 200],
    ],
  );
});

test("labels in a file of their own, to an end or to the next one", async (t) => {
  const folder = await folderOf(t, {
    "run.csv": `time,a\n${rows(200, (i) => `${1000 * (1772690400 + i / 10)},${i}`)}`,
    "run_labels.csv":
      "from;to;what\n2026-03-05T06:00:00Z;2026-03-05T06:00:08Z;p\n2026-03-05T06:00:12Z;2026-03-05T06:00:20Z;q\n",
    "marks.csv": "at,what\n1772690400000,p\n1772690408000,pause\n1772690412000,q\n",
  });
  const run = path.join(folder, "run.csv");
  const spans = {
    fromFile: { file: "{name}_labels.csv", time: { column: "from", format: "iso" }, until: "to", column: "what" },
  };
  const ended = await importFiles([run], { mapping: { loamImport: 1, label: spans } });
  t.deepEqual(ended.refused, []);
  const labelled = writtenOf(ended)[0]!.labels;
  t.deepEqual(
    [0, 79, 80, 119, 120, 199].map((i) => labelled[i]),
    ["p", "p", "", "", "q", "q"],
  );
  const marks = { fromFile: { file: "marks.csv", time: { column: "at" }, column: "what" } };
  const next = await importFiles([run], { mapping: { loamImport: 1, label: marks, labels: { pause: null } } });
  t.deepEqual(next.refused, []);
  // The pause is left out; the second stretch begins on a window's start, and stays in the same file.
  const [{ times, labels }] = writtenOf(next) as [ReturnType<typeof writtenOf>[0]];
  t.is(times.length, 160);
  t.deepEqual([times[80]! - times[0]!, labels[79], labels[80]], [12, "p", "q"]);
  t.is(next.files[0]!.recordings[0]!.windows, 4);
});

test("several files make a recording: each with its own rate and beginning", async (t) => {
  const config = nodeOf(["acc", "g", 20], ["gyro", "dps", 10]);
  const folder = await folderOf(t, {
    "s1/run_acc.csv": `t,v\n${rows(400, (i) => `${i / 20},${i}`)}`,
    "s1/run_gyro.csv": `t;v\n${rows(200, (i) => `${1000 + 100 * i};${i},5`)}`,
    "s1/notes.txt": "no table",
  });
  const parts: NonNullable<Mapping["parts"]> = [
    { file: "{name}_acc.csv", sensors: { acc: { column: "v" } } },
    { file: "{name}_gyro.csv", sensors: { gyro: { column: "v" } } },
  ];
  const report = await importFiles([folder], { config, mapping: { loamImport: 1, parts } });
  t.deepEqual(report.refused, []);
  const [{ name, times, values }] = writtenOf(report) as [ReturnType<typeof writtenOf>[0]];
  t.is(name, "s1-run.csv");
  t.deepEqual([times[0], values[0]![0], values[1]![0], values[1]![1], values[1]![2]], [1, 20, 0.5, NaN, 1.5]);
  t.is(times.at(-1), 19.95);
  const again = await importFiles([folder], {
    config,
    mapping: checkMapping(JSON.parse(JSON.stringify(report.files[0]!.mapping)), "again"),
  });
  t.deepEqual(writtenOf(again), writtenOf(report));
  const missing = [...parts, { file: "{name}_mag.csv", sensors: {} }];
  await t.throwsAsync(importFiles([folder], { config, mapping: { loamImport: 1, parts: missing } }), {
    message: /recording s1-run has no file run_mag\.csv, which the mapping's parts\[2\] is/,
  });
});

test("files of a logger that begins a new one now and then are joined in the order of their times", async (t) => {
  const folder = await folderOf(t, {
    "log/b.csv": `time,a\n${rows(100, (i) => `${i / 10},${i}`)}`,
    "log/a.csv": `time,a\n${rows(100, (i) => `${10 + i / 10},${100 + i}`)}`,
  });
  const report = await importFiles([folder], { joined: true });
  const [{ name, values }] = writtenOf(report) as [ReturnType<typeof writtenOf>[0]];
  t.is(name, "log.csv");
  t.deepEqual(
    values[0],
    Array.from({ length: 200 }, (_, i) => i),
  );
});

test("rows without times are counted; times that are coarser than samples, too, when the rate is said", async (t) => {
  const folder = await folderOf(t, {
    "plain.csv": `a\n${rows(100, (i) => `${i}`)}`,
    "coarse.csv": `time,a\n${rows(100, (i) => `${Math.floor(i / 10)},${i}`)}`,
  });
  const report = await importFiles([folder]);
  t.regex(report.refused[0]!.reason, /coarse\.csv: 90 of 100 rows have the time of the row before: .* --rate HZ/);
  t.regex(
    report.refused[1]!.reason,
    /plain\.csv: there is no column of times among a: say --time COLUMN, or --rate HZ/,
  );
  const said = await importFiles([folder], { rate: 10, start: "2026-03-05T06:00:00Z" });
  t.deepEqual(said.refused, []);
  const [coarse, plain] = writtenOf(said);
  t.deepEqual(
    plain!.values[0],
    Array.from({ length: 100 }, (_, i) => i),
  );
  t.is(plain!.times[1], 1772690400.1);
  t.deepEqual(coarse!.values, plain!.values);
});

test("a sensor that is sampled less often has blanks between", async (t) => {
  const config = nodeOf(["fast", "g", 10], ["slow", "°C", 1]);
  const folder = await folderOf(t, {
    "a.csv": `time,fast,slow,label\n${rows(100, (i) => `${i / 10},${i},${i % 10 ? "" : i},${i % 40 ? "" : "p"}`)}`,
  });
  const report = await importFiles([folder], { config });
  const [{ values, labels }] = writtenOf(report) as [ReturnType<typeof writtenOf>[0]];
  t.deepEqual(
    values[1]!.slice(0, 21),
    Array.from({ length: 21 }, (_, i) => (i % 10 ? NaN : i)),
  );
  t.deepEqual([labels[0], labels[1], labels[40]], ["p", "", "p"]);
});

test("the preview in docs/import.md is the preview of such a file", async (t) => {
  const line = (i: number): string =>
    `${1772690400000 + 50 * (i < 403 ? i : i + 147)};${(5 * Math.sin(0.19 * i)).toFixed(3).replace(".", ",")};${i % 160 < 90 ? "p" : "q"}`;
  const folder = await folderOf(t, { "logger.csv": `# logger v2\nZeit;A;Label\n${rows(800, line)}1772690`.trim() });
  const report = await importFiles([path.join(folder, "logger.csv")]);
  t.deepEqual(report.refused, []);
  const text = previewText(report, mini).replaceAll(`${folder}/`, "");
  const page = readFileSync(path.join(loamRoot, "docs/import.md"), "utf8");
  t.true(
    page.includes(
      text
        .split("\n")
        .map((each) => `    ${each}`.trimEnd())
        .join("\n"),
    ),
    text,
  );
});
