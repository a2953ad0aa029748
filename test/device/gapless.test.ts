// Slow: runs nodes for many windows of simulated time
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

/** Of the tone in gapless.xs.ts, s: a shift is known but for whole periods. */
const period = 1 / 3;
const here = path.join(loamRoot, "test/device");

/** LIS3DH: the output data rate is off by up to some per cent of its nominal value from chip to chip. */
for (const speed of [1, 0.98, 0.99, 1.01, 1.02])
  test(`windows without a gap, chip's clock ${speed} of its nominal rate, 230 ms to evaluate: no sample missing, none lost`, async (t) => {
    const program = await buildHost({
      manifest: path.join(here, "field.manifest.json"),
      main: path.join(here, "gapless.xs.ts"),
    });
    const run = await runHost(program, { args: [String(speed), "230"], timeoutMs: 60_000 });
    t.is(run.exitCode, 0, run.stderr);
    const lines = run.lines.map((line) => JSON.parse(line) as [string, number, boolean, number]);
    t.deepEqual(
      lines.filter(([kind]) => kind !== "window"),
      [],
    );
    t.is(lines.length, 12);
    for (const [index, [, time, isFit, shift]] of lines.entries()) {
      t.true(isFit);
      t.true(Math.abs(time - lines[0]![1] - 10 * index) < 0.002, `window ${index} begins at ${time}`);
      // From the second window on, when the resampler has found the chip's clock; half a sample is 8 ms.
      if (index > 0) {
        const moved = shift - lines[1]![3];
        const within = moved - period * Math.round(moved / period);
        t.true(Math.abs(within) < 0.008, `window ${index}: the tone has moved by ${within} s`);
      }
    }
  });
