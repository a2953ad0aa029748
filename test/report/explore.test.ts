import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "ava";
import fc from "fast-check";
import { project } from "../../host-tools/evaluate/projection.js";
import { signalsOf } from "../../host-tools/example/signals.js";
import { amplitudeSpectrum } from "../../host-tools/features/spectrum.js";
import { pack, unpack } from "../../host-tools/report/pack.js";
import { dayStart, exampleNode, recordDay } from "../device/helpers/day.js";

test("a spectrum has a sine's amplitude at its frequency, and nothing of the mean", (t) => {
  for (const [amplitude, cycles] of [
    [3, 8],
    [0.25, 40],
  ] as const) {
    const samples = Float32Array.from(
      { length: 256 },
      (_, i) => 7 + amplitude * Math.sin((2 * Math.PI * cycles * i) / 256 + 1),
    );
    const spectrum = amplitudeSpectrum(samples)!;
    t.is(spectrum.length, 129);
    t.true(Math.abs(spectrum[cycles]! - amplitude) < 1e-4 * amplitude);
    t.true(spectrum[0]! < 1e-4);
    // Hann: half on each side, nothing beyond.
    t.true(Math.abs(spectrum[cycles + 1]! - amplitude / 2) < 1e-4 * amplitude);
    for (const [bin, value] of spectrum.entries()) if (Math.abs(bin - cycles) > 1) t.true(value < 1e-4, String(bin));
  }
  t.is(amplitudeSpectrum(new Float32Array(31)), undefined);
  // Missing samples are no steps.
  t.true(
    amplitudeSpectrum(Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? NaN : 5)))!.every((x) => x < 1e-6),
  );
});

test("a projection of points in a plane keeps their distances, however it is turned in space", (t) => {
  // Covariances 9 and 1 along two orthogonal directions of five dimensions.
  const [u, v] = [[1, 1, 1, 1, 0].map((x) => x / 2), [1, -1, 1, -1, 0].map((x) => x / 2)];
  const points = Array.from({ length: 40 }, (_, i) => [3 * Math.cos(i * 0.7), Math.sin(i * 1.3)] as const);
  const rows = Float32Array.from(points.flatMap(([a, b]) => u.map((x, c) => a * x + b * v[c]! + 10)));
  const { places, explained } = project(rows, points.length);
  t.true(Math.abs(explained[0] + explained[1] - 1) < 1e-6);
  t.true(explained[0] > 0.8);
  for (const [i, [a, b]] of points.entries())
    for (const [j, [c, d]] of points.entries()) {
      const drawn = Math.hypot(places[i]!.x - places[j]!.x, places[i]!.y - places[j]!.y);
      t.true(Math.abs(drawn - Math.hypot(a - c, b - d)) < 1e-4, `${i} and ${j}`);
    }
  t.deepEqual(project(rows, points.length), { places, explained });
  t.deepEqual(project(new Float32Array(12).fill(3), 4).explained, [0, 0]);
});

test("a packed line is off by half a step of 254 at most, and its holes stay holes", (t) => {
  const value = fc.oneof(fc.constant(null), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { maxLength: 150 }), (values) => {
      const back = unpack(pack(values));
      const real = values.filter((each) => each !== null);
      const step = real.length === 0 ? 0 : (Math.max(...real) - Math.min(...real)) / 254;
      t.is(back.length, values.length);
      for (const [index, each] of values.entries())
        if (each === null) t.is(back[index], null);
        else t.true(Math.abs(back[index]! - each) <= step / 2 + 1e-9);
    }),
  );
});

test("the signals of a window are those that were recorded in it, thinned to their least and largest", async (t) => {
  const config = exampleNode();
  const folder = await mkdtemp(path.join(os.tmpdir(), "loam-signals-"));
  const file = path.join(folder, "day.csv");
  await writeFile(
    file,
    recordDay(config, 2, (sensor, window, second) => {
      if (sensor === "vibration") return (window === 1 && second === 7 ? 9 : Math.sin(40 * second)).toFixed(4);
      return sensor === "soil" && second === 3 ? "" : 10 * window + second;
    }),
  );
  const second = dayStart + config.window.everySeconds;
  const signals = (await signalsOf(file, config, [second])).get(second)!;
  await rm(folder, { recursive: true });
  t.deepEqual(
    signals.map(({ sensor }) => sensor),
    config.sensors.map(({ name }) => name),
  );
  const soil = signals.find(({ sensor }) => sensor === "soil")!;
  t.deepEqual(soil.values.slice(0, 6), [10, 11, 12, null, 14, 15]);
  t.is(soil.spectrum, undefined);
  const vibration = signals.find(({ sensor }) => sensor === "vibration")!;
  t.is(vibration.values.length, 120);
  t.is(Math.max(...vibration.values.map((value) => value!)), 9);
  // 40 rad/s are 6.37 Hz.
  const { highest, values } = vibration.spectrum!;
  t.is(highest, config.sensors.find(({ name }) => name === "vibration")!.rate / 2);
  const peak = (values.indexOf(Math.max(...values)) * highest) / (values.length - 1);
  t.true(Math.abs(peak - 40 / (2 * Math.PI)) < 0.6, `${peak} Hz`);
});
