/** Numbers and times as they are written. */
import test from "ava";
import { findForm } from "../../host-tools/import/csvForm.js";
import { formOf, isMissing, numberReader } from "../../host-tools/import/numberText.js";
import { dateReader, isIso, possibleFormats } from "../../host-tools/import/timeText.js";
import { timeText } from "../../host-tools/import/write.js";

const forms: [cells: string[], decimal: string, thousands: string][] = [
  [["0.841", "12"], ".", ""],
  [["0,841", "12"], ",", ""],
  [["-0,018"], ",", ""],
  [["1.234,5", "7,5"], ",", "."],
  [["1,234.5", "7.5"], ".", ","],
  [["1,234,567"], ".", ","],
  [["1.234.567"], ",", "."],
  [["12345,678"], ",", ""],
  [["1,5e3"], ",", ""],
];
for (const [cells, decimal, thousands] of forms)
  test(`${cells.join(" ")}: decimal ${decimal}, thousands ${thousands || "none"}`, (t) => {
    t.deepEqual(formOf(cells), { form: { decimal: decimal as ".", thousands } });
  });

test("a comma before three digits has two meanings; a point, where commas are decimal marks, too", (t) => {
  t.deepEqual(formOf(["1,234", "12,500", "7"]), { undecided: "1,234" });
  t.deepEqual(formOf(["1.234"]), { form: { decimal: ".", thousands: "" } });
  t.deepEqual(formOf(["1.234"], true), { undecided: "1.234" });
  t.is(formOf(["12", "7"]), undefined);
});

test("numbers", (t) => {
  const point = numberReader({ decimal: ".", thousands: "," });
  const comma = numberReader({ decimal: ",", thousands: "." });
  t.deepEqual(["1,234.5", "-7", "+.5", "1e3", "2.", "1234"].map(point), [1234.5, -7, 0.5, 1000, 2, 1234]);
  t.deepEqual(["1.234,5", "-0,018", "1,5e-3"].map(comma), [1234.5, -0.018, 0.0015]);
  for (const text of ["0x10", "1,23.5", "1 2", "Infinity", "1.2.3", "five", "--1"]) t.is(point(text), NaN, text);
});

test("a time a hair before 0 is 0", (t) => {
  t.is(timeText(-1e-9, 2), "0.00");
  t.is(timeText(-0.4, 0), "0");
  t.is(timeText(-0.05, 2), "-0.05");
  t.is(timeText(1772690400.05, 2), "1772690400.05");
});

test("missing readings", (t) => {
  for (const text of ["", " ", "NA", "null", "NaN", "n/a", "-", "#N/A"]) t.true(isMissing(text, []), text);
  for (const text of ["0", "-1", "none!", "-9999"]) t.false(isMissing(text, []), text);
  t.true(isMissing("-9999", ["-9999"]));
  t.true(isMissing(-9999, ["-9999"]));
});

/** By `date -u -d ... +%s`. */
const moments: [format: string, zone: string, text: string, seconds: number][] = [
  ["iso", "UTC", "2026-03-05T06:00:00Z", 1772690400],
  ["iso", "UTC", "2026-03-05 06:00:00.25", 1772690400.25],
  ["iso", "UTC", "2026-03-05T06:00:00+01:00", 1772686800],
  ["iso", "Europe/Berlin", "2026-03-05T06:00", 1772686800],
  ["iso", "Europe/Berlin", "2026-07-05T06:00:00", 1783224000],
  ["dd.MM.yyyy HH:mm:ss.S", "UTC", "05.03.2026 06:00:00.125", 1772690400.125],
  ["M/d/yyyy h:mm:ss a", "UTC", "3/5/2026 6:00:00 PM", 1772733600],
  ["M/d/yyyy h:mm a", "America/New_York", "3/5/2026 12:00 AM", 1772686800],
  ["d MMM yy, HH:mm", "UTC", "5 Mar 26, 06:00", 1772690400],
  ["yyyyMMdd'T'HHmmssZ", "UTC", "20260305T060000+0530", 1772670600],
];
for (const [format, zone, text, seconds] of moments)
  test(`${text} as ${format}, ${zone}`, (t) => {
    t.is(dateReader(format, zone).read(text, -Infinity), seconds);
  });

test("the hour that a clock set back has twice is told apart by the row before; one that it leaves out is refused", (t) => {
  const berlin = dateReader("iso", "Europe/Berlin");
  // IANA: CEST ends 2026-10-25 at 01:00 UTC, begins 2026-03-29 at 01:00 UTC.
  const end = Date.UTC(2026, 9, 25, 1) / 1000;
  t.is(berlin.read("2026-10-25 02:30:00", end - 3600), end - 1800);
  t.is(berlin.read("2026-10-25 02:30:00", end - 60), end + 1800);
  t.is(berlin.read("2026-10-25 03:00:00", end + 60), end + 3600);
  t.is(berlin.undecided, 0);
  t.is(berlin.read("2026-10-25 02:30:00", -Infinity), end - 1800);
  t.is(berlin.undecided, 1);
  t.deepEqual(berlin.read("2026-03-29 02:30:00", -Infinity), {
    wrong: "does not exist in Europe/Berlin: clocks were set forward",
  });
});

test("dates that are none, and formats that are none", (t) => {
  const german = dateReader("dd.MM.yyyy");
  for (const text of ["31.02.2026", "1.2.2026", "05/03/2026", "05.13.2026", ""])
    t.like(german.read(text, 0), { wrong: "is not a time of the format dd.MM.yyyy" }, text);
  t.throws(() => dateReader("dd.mm.yyyy"), { instanceOf: RangeError, message: /a year, a month and a day/ });
  t.throws(() => dateReader("dd.MM.YYYY"), { instanceOf: RangeError, message: /"YYYY" is no part of a time format/ });
});

test("formats that a date could have", (t) => {
  t.deepEqual(possibleFormats("05.03.2026 06:00:00.0"), ["d.M.yyyy H:mm:ss.S", "M.d.yyyy H:mm:ss.S"]);
  t.deepEqual(possibleFormats("3/5/26 6:00 PM"), ["d/M/yy h:mm a", "M/d/yy h:mm a"]);
  t.deepEqual(possibleFormats("2026/03/05 06:00"), ["yyyy/M/d H:mm"]);
  t.deepEqual(possibleFormats("yesterday"), []);
  t.true(isIso("2026-03-05 06:00:00"));
  t.false(isIso("05-03-2026"));
});

const texts: [name: string, text: string, form: object][] = [
  ["commas", "time,a\n0,1\n1,2\n2,3\n", { separator: ",", header: true, comment: "", rowEnd: "" }],
  ["semicolons with decimal commas", "t;a\n0,1;1,5\n0,2;2,5\n0,3;3\n", { separator: ";", header: true }],
  ["no names", "33,Jogging,1,-0.69\n33,Jogging,2,5.01\n33,Walking,3,4.9\n", { separator: ",", header: false }],
  [
    "rows that end with a mark",
    "33,Jogging,1,-0.69;\n33,Jogging,2,5.01;\n33,Walking,3,4.9;\n",
    { separator: ",", rowEnd: ";", header: false },
  ],
  ["blanks", "  1.0   2.0\n  3.0  -4.0\n  5.0   6.0\n", { separator: " ", header: false }],
  ["comments", "# a, b; c\ntime\ta\n0\t1\n1\t2\n", { separator: "\t", comment: "#", header: true }],
];
for (const [name, text, form] of texts) test(`the form of a file: ${name}`, (t) => t.like(findForm(text), form));
