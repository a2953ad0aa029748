import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

const here = path.join(loamRoot, "test/device");

/** Two windows of 10 s with the supplies of a case: what was said, and for how long the probe's pin and the climate chip's (on when low) were on. */
async function windows(name: string) {
  const program = await buildHost({
    manifest: path.join(here, "supplies.manifest.json"),
    main: path.join(here, "supplies.xs.ts"),
  });
  const run = await runHost(program, { timeoutMs: 60_000, args: [name] });
  if (run.exitCode !== 0) throw new Error(run.stderr);
  const said = run.lines.map((line) => JSON.parse(line) as unknown[]);
  const { pins } = run.power!;
  const of = (kind: string) => said.filter(([what]) => what === kind);
  return {
    faults: said.filter(([what]) => what === "fault" || what === "error"),
    windows: of("window").map(([, ...rest]) => rest),
    changes: of("supplies").map(([, changes]) => changes as string[]),
    lead: of("lead")[0]![1],
    soil: pins["23"]?.high,
    climate: pins["16"]!.low,
    pins,
  };
}

/** Readings in soil half way between wet and dry; the simulated chip's 20 °C and 50 %RH. */
const good = [
  [true, [25, 20, 50]],
  [true, [25, 20, 50]],
];
const isNear = (seconds: number | undefined, wanted: number) => Math.abs(seconds! - wanted) < 0.15;

test("a probe is supplied around each sample, a chip from its warm-up to the window's end, and neither in between", async (t) => {
  const run = await windows("pulsed");
  t.deepEqual([run.windows, run.faults], [good, []]);
  t.is(run.lead, 2100);
  // 20 samples with 300 ms of warm-up and 100 ms ahead of it; two windows with 2 s of warm-up.
  t.true(isNear(run.soil, 8), String(run.soil));
  t.true(isNear(run.climate, 24.2), String(run.climate));
  // The windows begin after the warm-up, at 2.1 s, and 40 s later.
  t.regex(run.changes[1]![0]!, /^40(\.0\d)? climate$/);
  t.regex(run.changes[1]![1]!, /^42\.7\d? soilclimate$/);
  t.regex(run.changes[1]!.at(-1)!, /^52\.1\d? $/, "all is off");
});

test("a probe whose warm-up leaves no pause between two samples is supplied through the window", async (t) => {
  const run = await windows("slow probe");
  t.deepEqual([run.windows, run.faults], [good, []]);
  t.true(isNear(run.soil, 22), String(run.soil));
});

test("without a gap a chip stays supplied, a probe only around its samples", async (t) => {
  const run = await windows("gapless");
  t.deepEqual([run.windows, run.faults], [good, []]);
  t.true(isNear(run.soil, 8), String(run.soil));
  t.true(isNear(run.climate, 22.1), String(run.climate));
});

test("a supply stays on over a gap that is shorter than its warm-up", async (t) => {
  const run = await windows("short gap");
  t.deepEqual([run.windows, run.faults], [good, []]);
  t.is(run.lead, 3100);
  t.deepEqual(run.changes[1], []);
});

test("sensors on one supply wait for the slowest, and the probe among them is supplied as long as the chip", async (t) => {
  const run = await windows("one line");
  t.deepEqual([run.windows, run.faults], [good, []]);
  t.true(isNear(run.climate, 24.2), String(run.climate));
});

test("a probe that nothing supplies, or that is read while it warms up, is found by its readings", async (t) => {
  const missing = await windows("unpowered");
  t.deepEqual(missing.faults, [
    ["fault", "soil", "missing", 10],
    ["fault", "soil", "missing", 10],
  ]);
  const early = await windows("too short");
  const silent = "Error: I2C: write failed, no acknowledgement from address 68";
  t.deepEqual(early.faults.slice(0, 5), [
    ["error", "temperature", silent],
    ["error", "humidity", silent],
    ["fault", "soil", "out of range", 10],
    ["fault", "temperature", "missing", 10],
    ["fault", "humidity", "missing", 10],
  ]);
});
