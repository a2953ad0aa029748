// Slow: runs the node several times.
import path from "node:path";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import test from "ava";
import { execa } from "execa";
import type { NodeConfig } from "../../device/config.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import type { NodeBudget } from "../../host-tools/budget/budget.js";
import { systemPart, systemUse } from "../../host-tools/budget/chipMemory.js";

const folder = path.join(buildRoot, "test", "budget");
const bin = path.join(loamRoot, "host-tools/bin/loam.js");
const loam = (...args: string[]) => execa(process.execPath, [bin, ...args], { cwd: loamRoot, reject: false });

/** The example's description, changed. */
function describe(name: string, change: (config: NodeConfig) => void): string {
  const config = JSON.parse(readFileSync(path.join(loamRoot, "node.config.json"), "utf8")) as NodeConfig;
  delete config.$schema;
  change(config);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  return file;
}

test("the example fits, and its parts add up", async (t) => {
  const { stdout, stderr, exitCode } = await loam("budget", "--json");
  t.is(exitCode, 0, stderr);
  const budget = JSON.parse(stdout) as NodeBudget;
  const xs = budget.ram.rows.find(({ part }) => part.startsWith("XS: all"))!;
  t.true(xs.bytes <= xs.limit! && xs.bytes > 10_000);
  const system = systemUse("esp32");
  for (const [{ rows }, bytes] of [[budget.ram, system.ram] as const, [budget.flash, system.flash] as const])
    t.is(rows.find(({ part }) => part === "ESP-IDF (measured for the example)")?.bytes, bytes);
  t.is(systemPart(systemUse("esp32s3")), "ESP-IDF (an allowance)");
  const charge = budget.charge.reduce((sum, row) => sum + row.charge, 0);
  t.true(Math.abs(charge - budget.chargeADay) < 1e-9);
  const states = budget.charge.filter(({ part }) => part.startsWith("processor")).map(({ seconds }) => seconds);
  t.true(Math.abs(states.reduce((sum, seconds) => sum + seconds, 0) - 86_400) < 1);
  t.true(states[2]! > 83_000, "it sleeps deeply between its windows");
  const { awake, lightSleep, deepSleep } = budget.cycle;
  t.true(Math.abs(awake + lightSleep + deepSleep - 900) < 1e-6);
  t.true(awake < 2, `awake ${awake} s a window`);
  t.true(
    lightSleep > 30 && lightSleep < 33,
    `${lightSleep} s in light sleep: 30 s of samples, and the receive windows`,
  );
  // The aim of the example at DR5, with its probe, which is supplied for 0.4 s of each second of a window.
  t.is(budget.dataRate, 5);
  t.true(budget.chargeADay < 8, `${budget.chargeADay} mAh a day`);
  const probe = budget.charge.find(({ part }) => part.startsWith("capacitive"))!;
  t.is(probe.part, "capacitive, supplied by GPIO23");
  t.true(Math.abs(probe.seconds - 96 * 30 * 0.4) < 20, `${probe.seconds} s`);
});

test("a node with a microphone stays awake through its windows: no light sleep while I2S runs", async (t) => {
  const node = describe("sound", (config) => {
    config.sensors[2] = {
      ...config.sensors[2]!,
      unit: "dB",
      range: [-87, 3],
      hardware: { chip: "microphone", clock: 4, select: 16, data: 17 },
    };
  });
  const { stdout, stderr, exitCode } = await loam("budget", "--node", node, "--json");
  t.is(exitCode, 0, stderr);
  const { charge } = JSON.parse(stdout) as NodeBudget;
  const secondsOf = (part: string) => charge.find((row) => row.part === part)!.seconds;
  t.is(secondsOf("processor, awake for I2S"), 96 * 30);
  t.true(secondsOf("processor, light sleep") < 96 * 3);
  const processor = charge.filter(({ part }) => part.startsWith("processor"));
  t.true(Math.abs(processor.reduce((sum, { seconds }) => sum + seconds, 0) - 86_400) < 1);
});

test("a window that does not fit is refused, with what would, before a training too", async (t) => {
  // A rolling span of a whole window of a fast sensor must be held in memory.
  const node = describe("fast", (config) => {
    const vibration = config.sensors[3]!;
    vibration.rate = 768;
    delete vibration.hardware;
    config.features.spectra = [];
    config.features.spanSeconds = 30;
  });
  const said =
    /23,130 samples a window need \d+ KB of XS's \d+ KB; sensor vibration alone holds 23,040 for its statistics: lower its rate/;
  const budget = await loam("budget", "--node", node);
  t.is(budget.exitCode, 1);
  t.regex(budget.stderr, said);
  const train = await loam("train", "--node", node, "--out", path.join(folder, "model"));
  t.is(train.exitCode, 1);
  t.regex(train.stderr, said);
});

test("a data rate, and airtime beyond the duty cycle", async (t) => {
  const node = describe("often", (config) => {
    config.window.everySeconds = 30;
  });
  const slow = await loam("budget", "--node", node, "--data-rate", "0");
  t.is(slow.exitCode, 1);
  t.regex(slow.stderr, /DR0: \d+ s of airtime a day, the duty cycle allows 864 s/);
  const unknown = await loam("budget", "--data-rate", "12");
  t.is(unknown.exitCode, 1);
  t.regex(unknown.stderr, /data rate 12: uplinks in EU868 have 0, 1, 2/);
});

for (const board of ["heltec-v3", "lilygo-t3", "xiao-esp32c3-wio"])
  test(`the example on ${board}`, async (t) => {
    const { stdout, stderr, exitCode } = await loam("budget", "--board", board, "--json");
    t.is(exitCode, 0, stderr);
    const { chip, unknown, charge } = JSON.parse(stdout) as NodeBudget;
    const chips: Record<string, string> = {
      "heltec-v3": "esp32s3",
      "lilygo-t3": "esp32",
      "xiao-esp32c3-wio": "esp32c3",
    };
    t.is<string | undefined, string | undefined>(chip, chips[board]);
    t.is(
      unknown.length === 0,
      charge.some(({ part }) => part === "board, deep sleep"),
    );
  });
