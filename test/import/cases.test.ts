/** Files that could not be read: each is imported as it was meant, or refused with the sentence that says what is missing. */
import { existsSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { Random } from "../../host-tools/lib/random.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { mergeRates, rateWords } from "../../host-tools/import/tally.js";
import type { MappingOptions } from "../../host-tools/import/options.js";
import { folderOf, importFiles, writtenOf, type Written } from "./importing.js";

/** Readings of windows of 4 s in turns: p, a sine of 1.6 Hz; q, one of 2 Hz and more. */
const labelOf = (i: number): string => (Math.floor(i / 40) % 2 ? "q" : "p");
const valueOf = (i: number): number => (labelOf(i) === "p" ? Math.sin(i) : 5 * Math.sin(1.9 * i));
const shown = (value: number, digits = 3): string => value.toFixed(digits);

interface Row {
  time: string;
  a: string;
  label: string;
}

const plain = (i: number): Row => ({ time: String(i / 10), a: shown(valueOf(i)), label: labelOf(i) });

/** A file of 40 s, with what is odd about it. */
function make(
  change: (row: Row, i: number) => Partial<Row> = () => ({}),
  head = "time,a,label",
  separator = ",",
): string {
  const rows = Array.from({ length: 400 }, (_, i) => ({ ...plain(i), ...change(plain(i), i) }));
  return `${[head, ...rows.map(({ time, a, label }) => [time, a, label].join(separator))].join("\n")}\n`;
}

const clock = (date: string, hour: (second: number) => number) => (_: Row, i: number) => {
  const second = i / 10;
  return {
    time: `${date} ${String(hour(second)).padStart(2, "0")}:${second < 20 && date === "2026-10-25" ? "59" : "00"}:${(date === "2026-10-25" ? (second + 40) % 60 : second).toFixed(1).padStart(4, "0")}`,
  };
};
const at = (rate: number) => (_: Row, i: number) => ({
  time: (i / rate).toFixed(5),
  a: shown(Math.sin(i / rate)),
  label: "p",
});
const comma = (text: string): string => text.replace(".", ",");

interface Case {
  /** As in the cases folder. */
  name: string;
  text: string;
  /** What the file is refused with, without options. */
  refused?: RegExp;
  /** With which it is imported. */
  options?: MappingOptions;
  /** Complete windows. */
  windows: number;
  /** Whether readings, labels and times are those of a plain file. */
  isPlain?: boolean;
  check?: (written: [Written, ...Written[]], said: string) => boolean;
}

const start = Date.UTC(2026, 2, 5, 6) / 1000;
const startsAt =
  (seconds: number) =>
  ([{ times }]: [Written, ...Written[]]) =>
    Math.abs(times[0]! - seconds) < 1e-3;

const cases: Case[] = [
  { name: "ok", text: make(), windows: 10, isPlain: true },
  { name: "caps", text: make(undefined, "Time,A,Label"), windows: 10, isPlain: true },
  { name: "names", text: make(undefined, "timestamp,accX,activity"), windows: 10, isPlain: true },
  { name: "comment", text: `# logger v2\n# site 4\n${make()}`, windows: 10, isPlain: true },
  { name: "semicolon", text: make(undefined, "time;a;label", ";"), windows: 10, isPlain: true },
  { name: "tab", text: make(undefined, "time\ta\tlabel", "\t"), windows: 10, isPlain: true },
  {
    name: "deccomma",
    text: make(({ time, a }) => ({ time: comma(time), a: comma(a) }), "time;a;label", ";"),
    windows: 10,
  },
  { name: "quoteddeccomma", text: make(({ a }) => ({ a: `"${comma(a)}"` })), windows: 10 },
  {
    name: "labelcase",
    text: make(() => ({ label: "P" })),
    windows: 10,
    check: ([{ labels }]) => labels.every((label) => label === "p"),
  },
  {
    name: "labelmid",
    text: make((_, i) => (i >= 41 && i < 51 ? { label: "p" } : {})),
    windows: 10,
    check: (_, said) => said.includes("1 window with more than one label"),
  },
  {
    name: "na",
    text: make((_, i) => (i === 33 ? { a: "NA" } : {})),
    windows: 10,
    check: ([{ values }]) => Number.isNaN(values[0]![33]),
  },
  {
    name: "hex",
    text: make((_, i) => (i === 33 ? { a: "0x10" } : {})),
    refused: /hex\.csv:35: column a: "0x10" is no decimal number; .*--missing "0x10"/,
    options: { missing: ["0x10"] },
    windows: 10,
    check: ([{ values }]) => Number.isNaN(values[0]![33]),
  },
  {
    name: "dup",
    text: make((_, i) => (i === 50 ? { time: "4.9" } : {})),
    windows: 10,
    check: (_, said) => said.includes("1 row with the time of another"),
  },
  {
    name: "trunc",
    text: make().split("\n").slice(0, 102).join("\n").slice(0, -2),
    windows: 2,
    check: (_, said) => said.includes("last row, which is cut off"),
  },
  { name: "shorttail", text: make().split("\n").slice(0, 387).join("\n"), windows: 9 },
  {
    name: "gap",
    text: make((_, i) => (i >= 201 ? { time: String((i + 73) / 10) } : {})),
    windows: 10,
    check: ([first, second], said) =>
      first.times.at(-1) === 20 && second!.times[0] === 27.4 && said.includes("1 gap of 7.4 s"),
  },
  { name: "neg", text: make((_, i) => ({ time: String(-100 + i / 10) })), windows: 10, check: startsAt(-100) },
  {
    name: "msepoch",
    text: make((_, i) => ({ time: String(1000 * start + 100 * i) })),
    windows: 10,
    check: startsAt(start),
  },
  { name: "msrel", text: make((_, i) => ({ time: String(100 * i) })), windows: 10, isPlain: true },
  {
    name: "german",
    text: make(clock("05.03.2026", () => 6)),
    refused:
      /german\.csv: column time: "05\.03\.2026 06:00:00\.0" has its day or its month first: say --time-format "d\.M\.yyyy H:mm:ss\.S" or "M\.d\.yyyy H:mm:ss\.S"/,
    options: { timeFormat: "d.M.yyyy H:mm:ss.S" },
    windows: 10,
    check: startsAt(start),
  },
  {
    name: "us",
    text: make(clock("03/05/2026", () => 6)),
    refused: /us\.csv: column time: .* say --time-format "d\/M\/yyyy H:mm:ss\.S" or "M\/d\/yyyy H:mm:ss\.S"/,
    options: { timeFormat: "MM/dd/yyyy HH:mm:ss.S" },
    windows: 10,
    check: startsAt(start),
  },
  {
    name: "fold",
    // 25 October 2026, when clocks in Berlin go from 03:00 back to 02:00, which is 01:00 UTC.
    text: make(clock("2026-10-25", () => 2)),
    refused:
      /fold\.csv: time goes back by an hour, .* as clocks do when summer time ends: say --zone, such as Europe\/Berlin/,
    options: { zone: "Europe/Berlin" },
    windows: 10,
    check: startsAt(Date.UTC(2026, 9, 25, 0, 59, 40) / 1000),
  },
  {
    name: "double",
    text: `time,a,label\n${Array.from({ length: 800 }, (_, i) => `${i / 20},${shown(Math.sin(i))},p`).join("\n")}\n`,
    windows: 10,
    check: (_, said) => said.includes("20 Hz, resampled to 10 Hz"),
  },
  {
    name: "half",
    text: `time,a,label\n${Array.from({ length: 200 }, (_, i) => `${i / 5},${shown(Math.sin(i))},p`).join("\n")}\n`,
    windows: 10,
    check: (_, said) => said.includes("5 Hz, resampled to 10 Hz"),
  },
  { name: "slow9", text: make(at(9)), windows: 11, check: (_, said) => said.includes("9 Hz, resampled to 10 Hz") },
  { name: "r91", text: make(at(9.1)), windows: 11, check: (_, said) => said.includes("9.1 Hz, resampled to 10 Hz") },
  { name: "r95", text: make(at(9.5)), windows: 10, check: (_, said) => said.includes("9.5 Hz, resampled to 10 Hz") },
  // Times that are late and early by up to 36 ms, of samples that were not.
  {
    name: "jit10",
    text: make((_, i) => ({ time: (i / 10 + 0.026 * Math.sin(2.3 * i)).toFixed(5) })),
    windows: 10,
    isPlain: true,
  },
  {
    name: "jitter",
    text: make((_, i) => ({ time: (i / 10 + 0.036 * Math.sin(0.4 * i)).toFixed(4) })),
    windows: 10,
    isPlain: true,
  },
];

/** What else loggers and people write. */
const rowsOf = (row: (i: number) => string): string => Array.from({ length: 100 }, (_, i) => `${row(i)}\n`).join("");
const head = "time,a,label\n";
const others: [name: string, text: string | Buffer, outcome: RegExp | number][] = [
  ["empty", "", /empty\.csv: empty/],
  ["blank", "\n\n", /blank\.csv: empty; a table of numbers is expected/],
  ["head", head, /head\.csv: no rows after the names of the columns/],
  ["carriage returns", `${head}${rowsOf((i) => `${i / 10},${i},p`)}`.replaceAll("\n", "\r"), 2],
  ["a mark of UTF-8", `\ufeff${head}${rowsOf((i) => `${i / 10},${i},p`)}`.replaceAll("\n", "\r\n"), 2],
  ["an index without a name", `,${head}${rowsOf((i) => `${i},${i / 10},${i},p`)}`, 2],
  ["a separator at the end", `time;a;label;\n${rowsOf((i) => `${i / 10};${i};p;`)}`, 2],
  ["lines before the table", `Device: X200\nSerial;1234\n\n${head}${rowsOf((i) => `${i / 10},${i},p`)}`, 2],
  ["Windows-1252", Buffer.from(`time,a [°C],label\n${rowsOf((i) => `${i / 10},${i},p`)}`, "latin1"), 2],
  ["day and time of day", `date,${head}${rowsOf((i) => `2026-03-01,06:00:0${(i / 10).toFixed(1)},${i},p`)}`, 2],
  ["not in order", `${head}${rowsOf((i) => `${(i % 10 === 5 ? i + 1 : i % 10 === 6 ? i - 1 : i) / 10},${i},p`)}`, 2],
  ["backwards", `${head}${rowsOf((i) => `${(100 - i) / 10},5,p`)}`, /its times do not go on/],
  ["one time", `${head}${rowsOf(() => "1,5,p")}`, /its times do not go on/],
  [
    "a short row",
    `${head}${rowsOf((i) => (i === 50 ? "5.0,3" : `${i / 10},${i},p`))}`,
    /:52: 2 columns, 3 expected as in the first row/,
  ],
  [
    "no number",
    `${head}${rowsOf((i) => `${i / 10},${i === 3 ? "1e400" : i},p`)}`,
    /:5: column a: "1e400" is no decimal number/,
  ],
  [
    "a quotation mark",
    `${head}${rowsOf((i) => `${i / 10},${i === 50 ? '"3' : i},p`)}`,
    /Quote Not Closed: .* line 101/,
  ],
  [
    "a word as a time",
    `${head}${rowsOf((i) => `${i === 40 ? "later" : i / 10},${i},p`)}`,
    /:42: column time: "later" is no number, as the times before it are/,
  ],
  ["names twice", `time,a,a\n${rowsOf((i) => `${i / 10},${i},p`)}`, /columns 2 and 3 are both called "a"/],
  [
    "once an hour",
    `${head}${rowsOf((i) => `${3600 * (500_000 + i)},${i},p`)}`,
    /a: 0\.0002778 readings a second, and the description's rate is 10 Hz/,
  ],
];
for (const [name, text, outcome] of others)
  test(`${name}: ${typeof outcome === "number" ? "imported" : "refused"}`, async (t) => {
    const file = path.join(await folderOf(t, { [`${name}.csv`]: text }), `${name}.csv`);
    const { refused, files } = await importFiles([file]);
    if (typeof outcome === "number") {
      t.deepEqual(refused, []);
      t.is(files[0]!.recordings[0]!.windows, outcome);
    } else t.regex(refused[0]!.reason, outcome);
  });

test("whatever is changed in a file, it is imported or refused in words", async (t) => {
  const random = new Random("import");
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)]!;
  const bits = [
    ",",
    ";",
    "\n",
    '"',
    ".",
    "-",
    "e",
    "0x",
    "NaN",
    "999999999999",
    "p",
    "#",
    "",
    " ",
    "\t",
    "2026-03-05 06:00",
    "\0",
    "é",
  ];
  const base = `${head}${rowsOf((i) => `${i / 10},${i},p`)}`;
  for (let run = 0; run < 150; run++) {
    let text = base;
    for (let change = 0; change < 1 + (run % 5); change++) {
      const at = Math.floor(random.uniform() * text.length);
      text = text.slice(0, at) + pick(bits) + text.slice(at + Math.floor(random.uniform() * 12));
    }
    const { refused, files } = await importFiles([path.join(await folderOf(t, { "a.csv": text }), "a.csv")]);
    t.is(refused.length + files.length, 1);
    for (const { reason } of refused) t.true(reason.length > 10 && !reason.includes("undefined"), reason);
  }
});

const shared = path.join(loamRoot, "../shared/cases/recordings");

for (const { name, text, refused, options = {}, windows, isPlain, check } of cases)
  test(`${name}: ${refused ? "refused, and imported when it is said" : "imported"}`, async (t) => {
    const folder = await folderOf(t, { [`${name}.csv`]: text });
    const file = path.join(folder, `${name}.csv`);
    if (refused) {
      const report = await importFiles([file]);
      t.is(report.files.length, 0);
      t.regex(report.refused[0]!.reason, refused);
    }
    const report = await importFiles([file], options);
    t.deepEqual(report.refused, []);
    const [found] = report.files;
    t.is(found!.recordings[0]!.windows, windows);
    const written = writtenOf(report);
    if (isPlain) {
      t.is(written.length, 1);
      t.deepEqual(
        written[0]!.labels,
        Array.from({ length: 400 }, (_, i) => labelOf(i)),
      );
      written[0]!.values[0]!.forEach((value, i) => t.true(Math.abs(value - valueOf(i)) < 1e-3, `row ${i}`));
      written[0]!.times.forEach((time, i) => t.true(Math.abs(time - written[0]!.times[0]! - i / 10) < 1e-6));
    }
    if (check) t.true(check(written as [Written], saidOf(found!)), saidOf(found!));
  });

function saidOf({ tally, recordings }: Awaited<ReturnType<typeof importFiles>>["files"][number]): string {
  const rates = mergeRates(recordings).map((rate) => rateWords(rate, 10));
  return [...tally.dropped, ...tally.cut, ...rates, ...recordings.flatMap(({ remarks }) => remarks)].join("\n");
}

test("the kinds above are those of the cases folder, which are read likewise", async (t) => {
  if (!existsSync(shared)) return t.pass();
  for (const { name, refused, options = {} } of cases) {
    const file = path.join(shared, `${name}.csv`);
    const first = await importFiles([file]);
    if (refused) t.regex(first.refused[0]?.reason ?? "", refused, name);
    const report = await importFiles([file], options);
    t.deepEqual(report.refused, [], name);
    t.true(report.files[0]!.recordings[0]!.windows > 0, name);
  }
});

test("what is dropped and decided is an error with --strict", async (t) => {
  const texts = Object.fromEntries(
    cases
      .filter(({ name }) => ["ok", "dup", "trunc", "labelmid"].includes(name))
      .map(({ name, text }) => [`${name}.csv`, text]),
  );
  const report = await importFiles([await folderOf(t, texts)], { isStrict: true });
  t.deepEqual(
    report.files.map(({ files }) => path.basename(files[0]!)),
    ["ok.csv"],
  );
  t.deepEqual(
    report.refused.map(({ reason }) => /: --strict: (.*)$/.exec(reason)?.[1]),
    [
      "1 row with the time of another",
      "labelmid.csv: 1 window with more than one label: the most frequent one counts",
      "the last row, which is cut off",
    ],
  );
});
