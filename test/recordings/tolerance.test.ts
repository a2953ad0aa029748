/** What is odd in a recording and does not end a run: dropped or decided, and said; with --strict an error. */
import test from "ava";
import { missingSample, samplesOffset, replayLayout } from "../../device/replay/format.js";
import { readRecording, type Recording } from "../../host-tools/features/csv.js";
import { mini } from "../import/importing.js";

/** 20 s of windows of 4 s at 10 Hz, or at another rate. */
function make(
  change: (i: number) => Partial<{ time: string; a: string; label: string }> = () => ({}),
  rate = 10,
): string {
  const rows = Array.from({ length: 20 * rate }, (_, i) => {
    const { time, a, label } = { time: String(i / rate), a: String(i), label: "p", ...change(i) };
    return `${time},${a},${label}\n`;
  });
  return `time,a,label\n${rows.join("")}`;
}

const read = (text: string, isStrict = false): Recording =>
  readRecording("r.csv", Buffer.from(text), mini, true, isStrict);

const samplesOf = ({ replay, times }: Recording, window: number): Float32Array =>
  new Float32Array(replay.buffer, replay.byteOffset + samplesOffset(replayLayout([40], times.length), window, 0), 40);

const cases: [name: string, text: string, remark: RegExp, strict: RegExp, check: (recording: Recording) => boolean][] =
  [
    [
      "a label that changes within a window",
      make((i) => ({ label: i >= 50 ? "q" : "p" })),
      /^r\.csv: 1 window with more than one label: the most frequent one counts$/,
      /^r\.csv:52: column label: "q", but the window began as "p" \(line 42\)$/,
      // The second window has 10 rows of p and 30 of q.
      ({ labels }) => labels.join() === "0,1,1,1,1",
    ],
    [
      "labels that are equally frequent",
      make((i) => ({ label: i >= 60 ? "p" : "q" })),
      /^r\.csv: 1 window with more than one label/,
      /column label/,
      ({ labels }) => labels.join() === "1,1,0,0,0",
    ],
    [
      "a row twice",
      make((i) => (i === 45 ? { time: "4.4" } : {})),
      /^r\.csv: 1 row dropped, with the time of the row before$/,
      /^r\.csv:47: column time: 4\.4 is not later than the row before; npx loam import r\.csv -o DIR brings other files into this form$/,
      (recording) => samplesOf(recording, 1)[4] === 44 && samplesOf(recording, 1)[5] === missingSample,
    ],
    [
      "a last row that is cut off",
      make().slice(0, -3),
      /^r\.csv: line 201, the last one, dropped: it is cut off$/,
      /^r\.csv:201: 2 columns, 3 expected as in the first row$/,
      (recording) => samplesOf(recording, 4)[38] === 198 && samplesOf(recording, 4)[39] === missingSample,
    ],
  ];
for (const [name, text, remark, strict, check] of cases)
  test(name, (t) => {
    const recording = read(text);
    t.is(recording.remarks.length, 1);
    t.regex(recording.remarks[0]!, remark);
    t.true(check(recording));
    t.throws(() => read(text, true), { name: "UserError", message: strict });
  });

test("a recording as it should be has no remarks, nor has one with jitter or with some samples lost", (t) => {
  for (const text of [
    make(),
    make((i) => ({ time: (i / 10 + (i % 3) / 100).toFixed(2) })),
    make((i) => (i % 20 === 7 ? { a: "" } : {})),
  ])
    for (const isStrict of [false, true]) t.deepEqual(read(text, isStrict).remarks, []);
});

test("readings at another rate than the description's are told; faster ones, which would be aliased, are refused", (t) => {
  for (const rate of [5, 9, 9.5, 10.5])
    t.regex(
      read(make(undefined, rate)).remarks.join(),
      new RegExp(
        `^r\\.csv: column a: ${String(rate).replace(".", "\\.")} readings a second, the description's rate is 10 Hz; npx loam import`,
      ),
    );
  for (const rate of [13, 20, 50])
    t.throws(() => read(make(undefined, rate)), {
      name: "UserError",
      message: new RegExp(
        `^r\\.csv: column a: ${rate} readings a second, the description's rate is 10 Hz; what is faster than 5 Hz would be taken for something else: npx loam import r\\.csv -o DIR filters and resamples$`,
      ),
    });
});

test("readings in each other's place are told", (t) => {
  const { remarks } = read(make((i) => ({ time: (i / 10 + 0.044 * (i % 2 ? 1 : -1) + 0.05).toFixed(3) })));
  t.regex(
    remarks.join("\n"),
    /readings in the place of another, which is lost: their times are off the node's clock; npx loam import/,
  );
});
