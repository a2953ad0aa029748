import test from "ava";
import { resultsOf } from "./helpers/xs.js";

type Line =
  | ["window", time: number, isFit: boolean, age: number, sensors: [first: number, count: number][]]
  | ["fault", ...unknown[]];
interface Window {
  seconds: number;
  everySeconds: number;
  frames: number;
}

/** Sensors count their samples from the start: the window from second s on begins with the sample rate * s, whatever its neighbours have. */
const expected = (rates: number[], { seconds, everySeconds }: Window, windows: number) =>
  Array.from({ length: windows }, (_, k) => [
    "window",
    Math.round(k * everySeconds * 100) / 100,
    true,
    rates.map((rate) => [Math.round(rate * k * everySeconds), Math.round(rate * seconds)]),
  ]);

const cases: [what: string, rates: number[], window: Window, windows: number][] = [
  ["without overlap", [8, 1], { seconds: 4, everySeconds: 4, frames: 2 }, 3],
  ["half of each", [12.5, 4], { seconds: 4, everySeconds: 2, frames: 2 }, 5],
  ["three quarters", [50.4, 1.2], { seconds: 10, everySeconds: 2.5, frames: 2 }, 6],
  ["a part of a frame, one ends within the next", [20, 1, 0.5], { seconds: 10, everySeconds: 6, frames: 5 }, 4],
  ["50 ms, back to back", [1000], { seconds: 0.05, everySeconds: 0.05, frames: 1 }, 9],
  ["50 ms, every 20 ms", [500], { seconds: 0.05, everySeconds: 0.02, frames: 1 }, 9],
  ["16 kHz", [16_000], { seconds: 0.1, everySeconds: 0.05, frames: 10 }, 4],
  ["0.3 Hz beside 4 Hz", [0.3, 4], { seconds: 20, everySeconds: 10, frames: 2 }, 4],
  [
    "once a day, a week that begins every day",
    [0.0000115741],
    { seconds: 604_800, everySeconds: 86_400, frames: 7 },
    3,
  ],
  ["hourly, a day", [1 / 3600], { seconds: 86_400, everySeconds: 86_400, frames: 24 }, 2],
];

for (const [what, rates, window, windows] of cases)
  test(`windows: ${what}`, async (t) => {
    const lines = await resultsOf<Line>(t, "windows", { args: [JSON.stringify({ rates, window, windows })] });
    t.deepEqual(
      lines.map((line) => (line[0] === "window" ? [line[0], line[1], line[2], line[4]] : line)),
      expected(rates, window, windows),
    );
    // A window is told when it ends, not when the next begins.
    for (const line of lines) if (line[0] === "window") t.true(Math.abs(line[3] - window.seconds) < 0.1, String(line));
  });

test("windows: a fault is reported once where windows overlap, and each that has it is not fit", async (t) => {
  const window = { seconds: 4, everySeconds: 2, frames: 2 };
  const args = [JSON.stringify({ rates: [8], window, windows: 4, missing: [20, 26] })];
  const lines = await resultsOf<Line>(t, "windows", { args });
  // Samples 20 to 25 are in those that begin with 0 and 16: 6 of 32.
  t.deepEqual(
    lines.map((line) => (line[0] === "window" ? line.slice(1, 3) : line)),
    [
      ["fault", 0, "missing", 6],
      [0, false],
      [2, false],
      [4, true],
      [6, true],
    ],
  );
});

test("windows: after one that took too long the next is whole, and begins on time", async (t) => {
  const window = { seconds: 4, everySeconds: 3, frames: 2 };
  const lines = await resultsOf<Line>(t, "windows", {
    args: [JSON.stringify({ rates: [8], window, windows: 3, slow: [0, 4500] })],
  });
  // It ends at 4 s, and the program is free again at 8.5 s; windows begin every 3 s.
  t.deepEqual(
    lines.map((line) => line.slice(0, 3)),
    [
      ["window", 0, true],
      // What the sensor has measured meanwhile is more than waits for the next read.
      ["fault", 0, "surplus"],
      ["window", 9, true],
      ["window", 12, true],
    ],
  );
});
