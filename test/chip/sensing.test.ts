// Slow: samples on an emulated chip, with a simulated microphone
import { readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { board, needs } from "../helpers/needs.js";

const program = {
  manifest: path.join(loamRoot, "test/chip/sensing.manifest.json"),
  main: path.join(loamRoot, "test/chip/sensing.xs.ts"),
};
const seconds = 8;
const vibration = seconds * 64;
const sound = seconds * 8000;

/** Modules of the drivers; others are of the sampler, of the simulated board, or run without script. */
const drivers = ["lis3dh", "lis3dhSensor", "resampler", "samples", "channels", "microphoneSensor", "soundlevel", "fft"];
/** The most instructions of RV32IMC for one sample, by sensors: docs/sensors.md. */
const limits: [sensors: string, samples: number, most: number][] = [
  // Without the bus: 64 Hz out of the chip's 100.
  ["z", vibration, 7500],
  ["x,y,z", 3 * vibration, 5000],
  ["level", sound, 130],
  // Most of it is the Fourier transform, whose floats are computed by software here.
  ["level,band", sound, 2700],
];

test("docs/sensors.md has these limits, and their shares of a processor of 160 MHz", (t) => {
  const page = readFileSync(path.join(loamRoot, "docs/sensors.md"), "utf8");
  for (const [sensors, samples, most] of limits) {
    // On the page a microphone has its usual 16 kHz.
    const rate = (samples === sound ? 2 * samples : samples) / seconds;
    const share = Number(((100 * most * rate) / 160e6).toPrecision(2));
    const row = page.split("\n").find((line) => line.includes(` | ${most.toLocaleString("en-US")}`));
    t.true(row?.endsWith(` | ${share} % |`), `${sensors}: ${share} %, ${row}`);
  }
});

for (const [sensors, samples, most] of limits)
  needs(board)(`what the drivers of ${sensors} take for a sample on the chip`, async (t) => {
    t.timeout(600_000);
    const run = await runChip(await buildChip(program), { args: [sensors], timeoutMs: 300_000 });
    t.is(run.exitCode, 0, run.stderr);
    // No fault, no error.
    t.is(run.lines.length, 3, run.lines.join("\n"));
    const { modules } = run.report.windows[1]!;
    const each = drivers.reduce((sum, name) => sum + (modules[name] ?? 0), 0) / samples;
    t.log(`${Math.round(each)} instructions`);
    t.true(each > 20 && each < most, `${each} instructions, ${JSON.stringify(modules)}`);
  });
