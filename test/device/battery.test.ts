import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { sensorManifest } from "../../host-tools/node/sensorManifest.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";
import { example, withValues } from "../node/descriptions.js";

const here = path.join(loamRoot, "test/device");

test("the battery behind a divider: level as in DevStatusAns, and millivolts", async (t) => {
  const program = await buildHost({
    manifest: path.join(here, "battery.manifest.json"),
    main: path.join(here, "battery.xs.ts"),
  });
  const run = await runHost(program, { timeoutMs: 60_000 });
  t.is(run.exitCode, 0, run.stderr);
  const lines = run.lines.map((line) => JSON.parse(line) as { level: number; millivolts: number });
  // A step of the ADC is 1.2 mV of the battery. 1 is empty, 254 full: half of it is 127.5.
  const expected: [level: number, millivolts: number][] = [
    [127.5, 3700],
    [254, 4200],
    [254, 4500],
    [1, 3200],
    [1, 2900],
  ];
  expected.forEach(([level, millivolts], index) => {
    t.true(Math.abs(lines[index]!.level - level) <= 1, JSON.stringify(lines[index]));
    t.true(Math.abs(lines[index]!.millivolts - millivolts) <= 2, JSON.stringify(lines[index]));
  });
  const rest = lines.slice(expected.length);
  t.deepEqual(rest[0], { level: 255, millivolts: 0 });
  // The journal says why.
  t.deepEqual(rest[1] as unknown, "battery failed");
  t.deepEqual(rest[2], { level: 255, millivolts: 0 });
  t.deepEqual(rest[3], { level: 0, millivolts: 0 });
  // External power is said, and the battery beside it measured, while its pin connects the divider.
  t.is(rest[4]!.level, 0);
  t.true(Math.abs(rest[4]!.millivolts - 3700) <= 2, JSON.stringify(rest[4]));
  t.deepEqual(rest[5], { level: 1, millivolts: 0 });
});

const battery = { pin: 35, ratio: 2, empty: 3.2, full: 4.2 };

test("a battery's firmware has the ADC, and bad values of it are refused", (t) => {
  const { config } = checkConfig(withValues({ battery }));
  t.true(sensorManifest(config, ".").includes("manifest_battery.json"));
  t.false(sensorManifest({ ...config, battery: undefined }, ".").includes("manifest_battery.json"));
  for (const [change, message] of [
    [{ full: 3 }, /battery\.full: 3.*more than the 3\.2 V/],
    [{ ratio: 1 }, /battery\.full: 4\.2.*at most the 2\.45 V/],
    [{ pin: 34 }, /battery\.pin: 34.*unused pin/],
    [{ enable: { pin: 34, level: 1 } }, /battery\.enable\.pin: 34.*unused pin/],
    [{ enable: { pin: 39, level: 1 } }, /battery\.enable\.pin: 39.*input-only/],
    [{ enable: { pin: 32, level: 2 } }, /battery\.enable\.level: 2.*one of 0, 1/],
    [{ enable: { pin: 32 } }, /battery\.enable\.level: missing.*one of 0, 1/],
  ] as [object, RegExp][])
    t.throws(() => checkConfig(withValues({ battery: { ...battery, ...change } })), { message });
});

test("a board says how its battery is measured", (t) => {
  const radio = { ...(example()["radio"] as object), board: undefined };
  const onHeltec = (battery: object) =>
    checkConfig({
      ...example(),
      board: "heltec-v3",
      radio,
      sensors: [{ name: "soil", unit: "%", rate: 1, range: [0, 60], stuckSeconds: 0 }],
      features: { statistics: ["mean"], spanSeconds: 10, spectra: [], correlations: [] },
      actuators: [],
      app: {},
      battery,
    }).config.battery;
  const levels = { empty: 3.2, full: 4.2 };
  t.deepEqual(onHeltec(levels), { ...levels, pin: 1, ratio: 4.9, enable: { pin: 37, level: 0 } });
  t.deepEqual(onHeltec({ ...levels, enable: { pin: 37, level: 1 } })!.enable, { pin: 37, level: 1 });
  t.deepEqual(onHeltec({ ...levels, pin: 2, ratio: 2 }), { ...levels, pin: 2, ratio: 2 });
});
