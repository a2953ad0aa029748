import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { PayloadError } from "../../device/codec/types.js";
import {
  decodeRecordingState,
  decodeSamples,
  encodeRecordingState,
  encodeSamples,
  frameSamples,
  lineBytes,
  lineRefusal,
  neededBytes,
  type RecordingState,
} from "../../device/serial/samples.js";
import { maxContent } from "../../device/serial/frames.js";
import { readRecording } from "../../host-tools/features/csv.js";
import { buildRoot } from "../../host-tools/lib/paths.js";
import { Pace } from "../../host-tools/record/pace.js";
import { Recording } from "../../host-tools/record/recording.js";
import { floatText } from "../../host-tools/record/rowFile.js";
import { elapsedText, liveLines, sparkLine } from "../../host-tools/record/view.js";
import { exampleNode } from "../device/helpers/day.js";

const folder = path.join(buildRoot, "test", `record-${process.pid}`);
mkdirSync(folder, { recursive: true });
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("samples and states of the protocol: as they were encoded; the longest fill a frame", (t) => {
  const values = Float32Array.from({ length: 40 }, (_, i) => i / 3);
  const content = encodeSamples(3, 70_000, values, 5, frameSamples, 0.5);
  t.true(content.length <= maxContent && content.length + 4 > maxContent);
  t.deepEqual(decodeSamples(content), {
    sensor: 3,
    index: 70_000,
    values: values.slice(5, 5 + frameSamples).map((value) => value + 0.5),
  });
  t.throws(() => decodeSamples(content.subarray(0, 6)), { instanceOf: PayloadError });
  const state: RecordingState = {
    session: 0xfedcba98,
    refusal: "too slow",
    began: 5e9,
    now: 5_000_000_001,
    time: 1_772_323_200_123,
    dropped: 3,
    surplus: 4,
  };
  t.deepEqual(decodeRecordingState(encodeRecordingState(state)), state);
  t.throws(() => decodeRecordingState(new Uint8Array(5)), { instanceOf: PayloadError });
});

test("what a line carries: bytes needed and had, in words when they do not fit", (t) => {
  // A frame of 120 bytes takes 10.4 ms at 115,200 baud: begun every 12 ms.
  t.is(lineBytes(115_200), 10_000);
  // 25 samples and 14 bytes, four times a second.
  t.is(neededBytes([{ rate: 100, period: 250 }]), 4 * (100 + 14));
  t.is(lineRefusal([{ rate: 100, period: 250 }], 115_200), undefined);
  t.regex(lineRefusal([{ rate: 4096, period: 250 }], 115_200)!, /^samples need \d+ bytes\/s; 115200 baud carry 10000$/);
});

test("a cell is the shortest text of its float32", (t) => {
  for (const value of [0.1, -1.5, 1e-40, 16_777_217, 3.4e38, 1 / 3]) {
    const float = Math.fround(value);
    t.is(Math.fround(Number(floatText(float))), float);
    t.true(floatText(float).length <= 15);
  }
  t.is(floatText(Math.fround(0.1)), "0.1");
  t.is(floatText(NaN), "nan");
});

const config = {
  ...exampleNode(),
  classes: ["still", "shaking"],
  window: { seconds: 2, everySeconds: 2, frames: 2 },
};
const state = (began: number, now: number): RecordingState => ({
  session: 1,
  refusal: "",
  began,
  now,
  time: 0,
  dropped: 0,
  surplus: 0,
});

/** Samples of the example's sensors for the second `second` of a run: each value says where it is from. */
const secondOf = (second: number) => [
  ...[0, 1, 2].map((sensor) => ({ sensor, index: second, values: Float32Array.of(10 + sensor + second / 8) })),
  ...[0, 1, 2, 3].map((quarter) => ({
    sensor: 3,
    index: 64 * second + 16 * quarter,
    values: Float32Array.from({ length: 16 }, (_, i) => (64 * second + 16 * quarter + i) / 64),
  })),
];

function recordingIn(name: string, seconds?: number) {
  const directory = path.join(folder, name);
  const notes: string[] = [];
  const recording = new Recording({
    directory,
    config,
    seconds,
    events: {
      onFile: (_file, label) => notes.push(`file ${label}`),
      onGap: (gap, isAnother) => notes.push(`gap ${gap.toFixed(3)}${isAnother ? " another" : ""}`),
    },
  });
  const rowsOf = (file: string): string[][] =>
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(",").map((cell) => cell.trim()));
  return { directory, notes, recording, rowsOf };
}

test("each row is in the file as soon as its fastest sensor has it; a slow sensor's cell is filled in; train's reader takes the file", (t) => {
  const { recording, rowsOf } = recordingIn("rows");
  recording.setLabel("still", 100);
  recording.state(state(5000, 5010), 100.01);
  // What comes within the second, before the slow sensors are read.
  const [soil, temperature, humidity, ...quarters] = secondOf(0);
  for (const samples of quarters) recording.push(samples);
  // Not closed: as a kill would leave it.
  const { file } = recording.summary.files[0]!;
  t.is(rowsOf(file).length, 1 + 64);
  t.deepEqual(rowsOf(file)[1]!.slice(1), ["", "", "", "0", "still"]);
  for (const samples of [soil!, temperature!, humidity!]) recording.push(samples);
  t.deepEqual(rowsOf(file)[1]!.slice(1), ["10", "11", "12", "0", "still"]);
  for (const samples of secondOf(1)) recording.push(samples);
  const summary = recording.finish();
  t.like(summary, { rows: 128, seconds: 2, gaps: { count: 0, seconds: 0 } });
  const { labels, times, remarks } = readRecording(file, readFileSync(file), config, true);
  t.deepEqual([labels, times.length, remarks], [[0], 1, []]);
});

test("labels: of what is measured from then on, a file each; without one, in a folder that train leaves alone", (t) => {
  const { recording, directory, notes } = recordingIn("labels");
  recording.state(state(5000, 5000), 100);
  for (const samples of secondOf(0)) recording.push(samples);
  // Half a second into the second one, by this machine's clock.
  recording.setLabel("shaking", 101.5);
  for (const samples of secondOf(1)) recording.push(samples);
  const { files } = recording.finish();
  t.deepEqual(
    files.map(({ label, rows }) => [label, rows]),
    [
      ["", 96],
      ["shaking", 32],
    ],
  );
  t.deepEqual(notes, ["file ", "file shaking"]);
  t.deepEqual(
    readdirSync(directory).filter((name) => name.endsWith(".csv")),
    [path.basename(files[1]!.file)],
  );
});

test("lost frames are counted by the samples' numbers; a long gap, and a node that began anew, begin another file; what comes twice counts once", (t) => {
  const { recording, notes } = recordingIn("gaps");
  recording.setLabel("still", 100);
  recording.state(state(5000, 5000), 100);
  const push = (second: number, leaveOut?: number): void =>
    secondOf(second).forEach((samples, i) => i !== leaveOut && recording.push(samples));
  push(0);
  push(0);
  // The first quarter of its vibration, 16 samples.
  push(1, 3);
  push(4);
  recording.interrupted();
  // Held until it is known whose they are.
  push(0);
  recording.state(state(0, 200), 110);
  recording.state(state(100, 1100), 111);
  const summary = recording.finish();
  // Slow sensors have a row of their own where the fastest has none.
  t.deepEqual(notes, ["file still", "gap 0.234", "gap 1.984 another", "file still", "gap 5.000 another", "file still"]);
  t.deepEqual(summary.lost, { soil: 2, temperature: 2, humidity: 2, vibration: 16 + 128 });
  t.is(summary.files.length, 3);
  t.is(summary.gaps.count, 3);
});

test("so many seconds, and no row more", (t) => {
  const { recording } = recordingIn("seconds", 1.5);
  recording.setLabel("still", 100);
  recording.state(state(5000, 5000), 100);
  for (const second of [0, 1, 2]) for (const samples of secondOf(second)) recording.push(samples);
  t.true(recording.isComplete);
  t.is(recording.finish().rows, 96);
});

test("the live view: value, measured rate, course; it fits the terminal", (t) => {
  t.is(sparkLine([0, 1, 7, NaN]), "▁▂█ ");
  t.is(elapsedText(3725.9), "1:02:05");
  const { recording } = recordingIn("view");
  const paces = config.sensors.map(({ rate }) => new Pace(rate));
  for (let second = 0; second < 5; second++)
    for (const { sensor, index, values } of secondOf(second)) paces[sensor]!.add(index, values, 1000 + second * 1.25);
  const { sensors, classes } = config;
  const lines = liveLines({ sensors, paces, classes, label: "still", summary: recording.summary, link: "node" }, 100);
  t.true(lines.every((line) => Array.from(line).length <= 100));
  // 64 samples every 1.25 s.
  t.regex(lines[5]!, /^vibration\s+4\.984 m\/s²\s+51\.20 Hz of 64\s+▁[▁-█]+█$/);
  t.is(lines[6], "1 still  2 shaking  space none  q ends");
});
