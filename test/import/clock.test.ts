/** Rates: measured out of times that jitter, drift and miss some, and changed without aliasing. */
import test from "ava";
import { clockOf } from "../../host-tools/import/clock.js";
import { keepsPace } from "../../host-tools/import/grid.js";
import { resample } from "../../host-tools/import/resample.js";
import { Random } from "../../host-tools/lib/random.js";

const timesOf = (count: number, time: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => time(i));
const near = (actual: number, expected: number, tolerance: number): boolean => Math.abs(actual - expected) <= tolerance;

test("the rate is measured, whatever the jitter", (t) => {
  const random = new Random("jitter");
  for (const rate of [0.01, 1, 9.1, 20, 119.7, 3200])
    for (const jitter of [0, 0.1, 0.4]) {
      const clock = clockOf(
        timesOf(600, (i) => 1e9 * (rate < 100 ? 1.7 : 0) + (i + jitter * (2 * random.uniform() - 1)) / rate),
      );
      // The line through 600 ticks that are off by a uniform 0.4 is off by 0.23 * sqrt(12 / 600³) of a tick: 5e-5.
      t.true(near(clock.rate / rate, 1, 2e-4), `${rate} Hz, jitter ${jitter}: ${clock.rate}`);
      t.is(clock.missing, 0);
      t.true(near(clock.jitter, jitter / Math.sqrt(3), 0.05));
    }
});

test("missing samples are ticks without a sample", (t) => {
  const random = new Random("missing");
  const all = Array.from({ length: 1000 }, (_, i) => i);
  const kept = all.filter((i) => i === 0 || i === 999 || random.uniform() > 0.1);
  const clock = clockOf(Float64Array.from(kept, (i) => (i + 0.1 * random.uniform()) / 50));
  t.deepEqual([...clock.ticks], kept);
  t.is(clock.missing, 1000 - kept.length);
});

test("a clock that drifts is followed, and its drift is told", (t) => {
  // From 10 to 10.2 Hz over 1000 samples.
  const clock = clockOf(timesOf(1000, (i) => i / (10 + i / 10_000)));
  t.true(clock.isRegular);
  t.false(clock.isStraight);
  t.deepEqual([...clock.ticks.subarray(-2)], [998, 999]);
  t.true(clock.drift > 0.005 && clock.drift < 0.02, `${clock.drift}`);
});

test("samples without a clock are taken at their times", (t) => {
  const random = new Random("events");
  let now = 0;
  const clock = clockOf(timesOf(300, () => (now += -Math.log(1 - random.uniform()))));
  t.false(clock.isRegular);
});

/** Amplitude of a tone in samples at a rate, away from the ends. */
function amplitude(values: Float64Array, rate: number, frequency: number): number {
  const middle = values.subarray(values.length / 4, (3 * values.length) / 4);
  let [re, im] = [0, 0];
  middle.forEach((value, i) => {
    re += value * Math.cos((2 * Math.PI * frequency * i) / rate);
    im += value * Math.sin((2 * Math.PI * frequency * i) / rate);
  });
  return (2 * Math.hypot(re, im)) / middle.length;
}

const tone = (rate: number, frequency: number, seconds: number) => {
  const clock = clockOf(timesOf(rate * seconds, (i) => i / rate));
  return { clock, values: Float64Array.from(clock.times, (time) => Math.sin(2 * Math.PI * frequency * time)) };
};

test("what is faster than half of the new rate does not come back as something else", (t) => {
  // 7 Hz at 20 Hz is 3 Hz at 10 Hz, when every other sample is taken.
  const { clock, values } = tone(20, 7, 80);
  t.true(
    near(
      amplitude(
        values.filter((_, i) => i % 2 === 0),
        10,
        3,
      ),
      1,
      0.01,
    ),
  );
  const out = resample(clock, values, 0, 10, 800);
  t.true(amplitude(out, 10, 3) < 1e-4, `${amplitude(out, 10, 3)}`);
  t.true(out.subarray(50, 750).every((value) => Math.abs(value) < 1e-3));
});

for (const [from, to, frequency] of [
  [20, 10, 3],
  [9.1, 10, 3.5],
  [9.5, 10, 1],
  [5, 10, 2],
  [100, 16, 5],
  [44100, 16000, 5000],
] as const)
  test(`${frequency} Hz in samples at ${from} Hz is ${frequency} Hz at ${to} Hz`, (t) => {
    const seconds = 600 / to;
    const { clock, values } = tone(from, frequency, Math.ceil(from * seconds) / from);
    const out = resample(clock, values, 0, to, 600);
    for (let i = 150; i < 450; i++) t.true(near(out[i]!, Math.sin((2 * Math.PI * frequency * i) / to), 2e-3), `${i}`);
  });

test("a hole stays a hole", (t) => {
  const kept = Array.from({ length: 400 }, (_, i) => i).filter((i) => i < 200 || i >= 240);
  const clock = clockOf(Float64Array.from(kept, (i) => i / 20));
  const out = resample(
    clock,
    Float64Array.from(kept, () => 1),
    0,
    10,
    200,
  );
  const missing = [...out.keys()].filter((i) => Number.isNaN(out[i]));
  t.true(missing.length >= 17 && missing.length <= 20, `${missing.length}`);
  t.true(missing.every((i) => i >= 100 && i <= 120));
  out.forEach((value) => t.true(Number.isNaN(value) || near(value, 1, 1e-9)));
});

test("samples keep their values while their clock keeps pace to half a sample", (t) => {
  const clock = (rate: number, count: number) => clockOf(timesOf(count, (i) => i / rate));
  t.true(keepsPace(clock(10.005, 900), 10));
  t.false(keepsPace(clock(10.005, 1100), 10));
});
