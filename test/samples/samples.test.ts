import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

const taps = 32;
const phases = 32;

/** The windowed sinc (Hamming) by its formula, the weights of each phase adding up to 1. */
function sinc(cutoff: number): number[] {
  return Array.from({ length: phases }, (_, phase) => {
    const row = Array.from({ length: taps }, (_, tap) => {
      const x = tap - taps / 2 + 1 - phase / phases;
      const value = x === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * x) / (Math.PI * x);
      return value * (0.54 + 0.46 * Math.cos((2 * Math.PI * x) / taps));
    });
    const sum = row.reduce((total, value) => total + value, 0);
    return row.map((value) => value / sum);
  }).flat();
}

test("raw samples are unpacked, resampled and summed as by their formulas", async (t) => {
  const program = await buildHost({ manifest: path.join(loamRoot, "test/samples/manifest.json") });
  const run = await runHost(program, { timeoutMs: 60_000 });
  t.is(run.exitCode, 0, run.stderr);
  const [unpacked, wide, narrow, resampled, sound] = run.lines.map((line) => JSON.parse(line) as number[]);
  t.deepEqual(unpacked, [-1, -2, -32768, 32767, 0]);
  for (const [weights, cutoff] of [
    [wide!, 0.2944],
    [narrow!, 0.46],
  ] as const) {
    const exact = sinc(cutoff);
    // Weights are rounded to 2^-30, twice.
    const worst = Math.max(...weights.map((weight, i) => Math.abs(weight / 2 ** 30 - exact[i]!)));
    t.true(worst < 2 ** -28, `${worst}`);
  }
  const [end, ...outputs] = resampled!;
  t.is(end, 80, "the last input that there is");
  for (const [i, output] of outputs.entries()) {
    // The filter's middle is 16 inputs behind the position.
    const at = Math.min(80, 32.25 + 1.53 * (i + 1)) - taps / 2;
    // Positions are rounded down to a phase, and the pass band ripples by a Hamming window's 0.2 %.
    const tone = (position: number) => 30 * Math.sin((2 * Math.PI * position) / 20);
    const expected = tone(Math.floor(at * phases) / phases);
    t.true(Math.abs(output - expected) < 30 * 0.003, `output ${i} is ${output}, the tone ${expected}`);
  }
  const whole = 32768;
  const values = [-32768, 32767, 100, -200, 300];
  t.deepEqual(sound, [
    1000 + values.reduce((total, value) => total + value, 0),
    1 + values.reduce((total, value) => total + value ** 2, 0),
    ...[0, 0, 0, -32768, 32767, 100, -200, 0].map((value) => value / whole),
  ]);
});
