import test from "ava";
import { checkConfig } from "../../host-tools/node/check.js";
import { featureLayout } from "../../device/features/layout.js";
import { problemsOf, withValues } from "../node/descriptions.js";
import { exampleNode } from "./helpers/day.js";

const cases: [path: string, value: unknown, message: RegExp][] = [
  ["name", "", /^name: "", expected a non-empty string$/],
  ["name", undefined, /^name: missing, expected/],
  ["sensors", [], /^sensors: \[\], expected a list of 1 to 15$/],
  ["sensors.0.rate", 0, /^sensors\[0\]\.rate: 0, expected a number from 0\.00001157 to 16000$/],
  ["sensors.0.rate", "1", /^sensors\[0\]\.rate: "1", expected a number from 0\.00001157 to 16000$/],
  ["sensors.0.range", [5, 5], /^sensors\[0\]\.range: \[5,5\], expected two numbers, the lower first$/],
  ["sensors.1.name", "soil", /^sensors\[1\]\.name: "soil", expected a value that is not used twice$/],
  ["sensors.0.colour", "red", /^sensors\[0\]\.colour: "red", but there is no such key\. Known: name, unit/],
  [
    "sensors.0.hardware.chip",
    "bme280",
    /^sensors\[0\]\.hardware\.chip: "bme280", expected one of capacitive, sht3x, lis3dh, analog, loop, microphone, ecma419$/,
  ],
  [
    "sensors.0.hardware.calibration.wet",
    0.8,
    /^sensors\[0\]\.hardware\.calibration\.wet: 0\.8, expected a value that differs from dry$/,
  ],
  [
    "sensors.0.hardware.colour",
    1,
    /^sensors\[0\]\.hardware\.colour: 1, but there is no such key\. Known: chip, pin, calibration, power$/,
  ],
  ["sensors.1.rate", 2, /^sensors\[1\]\.rate: 2, expected 4, or 1 and less, for the chip sht3x/],
  ["sensors.1.hardware.address", 64, /^sensors\[1\]\.hardware\.address: 64, expected 68 \(0x44\) or 69/],
  [
    "radio.board.chip",
    "sx1280",
    /^radio\.board\.chip: "sx1280", expected one of sx1261, sx1262, sx1268, sx1272, sx1276, sx1278$/,
  ],
  ["sensors.3.hardware.clock", 21, /^sensors\[3\]\.hardware\.clock: 21, expected a different pin than data$/],
  ["sensors.3.hardware.fullScale", 3, /fullScale: 3, expected 2, 4, 8 or 16$/],
  ["sensors.3.rate", 128, /^sensors\[3\]\.rate: 128, expected a number from 4 to 100/],
  ["window.frames", 7, /^sensors\[0\]\.rate: 1, expected a rate that gives each of the 7 frames/],
  [
    "window.everySeconds",
    20.5,
    /^sensors\[0\]\.rate: 1, expected a rate that gives the 20\.5 s of window\.everySeconds/,
  ],
  ["features.statistics", ["mean", "mode"], /^features\.statistics\[1\]: "mode", expected one of mean, variance/],
  ["features.spectra.0.size", 100, /^features\.spectra\[0\]\.size: 100, expected a power of two$/],
  [
    "features.spectra.0.size",
    1024,
    /^features\.spectra\[0\]\.size: 1024, expected at most the 128 samples of a frame$/,
  ],
  [
    "features.spectra.0.sensor",
    "noise",
    /^features\.spectra\[0\]\.sensor: "noise", but there is no such sensor\. Known: soil/,
  ],
  [
    "features.spectra.0.bands.0",
    [1, 99],
    /^features\.spectra\[0\]\.bands\[0\]: \[1,99\], expected a band inside 0 to 32 Hz/,
  ],
  ["features.spectra.0.bands.0", [1.1, 1.2], /expected a band that holds a bin/],
  [
    "features.raw",
    { sensors: ["noise"], rate: 1 },
    /^features\.raw\.sensors\[0\]: "noise", but there is no such sensor/,
  ],
  ["features.raw", { sensors: ["soil", "soil"], rate: 1 }, /sensors\[1\]: "soil", expected a value that is not used/],
  [
    "features.raw",
    { sensors: ["vibration"], rate: 50 },
    /^features\.raw\.rate: 50, expected 64, the rate of vibration, or that divided by a whole number$/,
  ],
  ["features.raw", { sensors: ["vibration"], rate: 0.25 }, /each of the 15 frames of the 30 s window the same whole/],
  ["features.correlations.0", ["soil", "soil"], /expected two different sensors/],
  ["classes", ["normal"], /^classes: \["normal"\], expected a list of 2 to 255/],
  ["policy.threshold", 70, /^policy\.threshold: 70, expected a number from 0 to 1$/],
  ["actuators.1.pin", 25, /^actuators\[1\]\.pin: 25, expected an unused pin: actuators\[0\]\.pin uses this one$/],
  ["outbox.bytes", 5000, /^outbox\.bytes: 5000, expected a multiple of 4096 from 8192 to 1048576$/],
  ["outbox.bytes", 9000, /^outbox\.bytes: 9000, expected a multiple of 4096 from 8192 to 1048576$/],
  ["radio.region", "CN779", /^radio\.region: "CN779", expected one of EU868/],
  ["radio.board.chip", "cc1101", /^radio\.board\.chip: "cc1101", expected one of sx1261/],
  ["radio.appKey", "1234", /^radio\.appKey: .*, expected 32 hexadecimal digits$/],
  ["app", 3, /^app: 3, expected an object$/],
];

test("the example node's description is valid; each mistake is reported by key, value and what would be right", (t) => {
  t.notThrows(() => exampleNode());
  for (const [path, value, message] of cases) {
    const problems = problemsOf(withValues({ [path]: value }));
    t.true(
      problems.some((problem) => message.test(problem)),
      `${path}: ${problems.join("; ")}`,
    );
  }
  t.throws(() => checkConfig(null), {
    name: "ConfigError",
    message: /^the node description: null, expected an object/,
  });
});

test("feature groups cover the columns in order", (t) => {
  const config = exampleNode();
  const layout = featureLayout(config);
  t.is(layout.names.length, layout.count);
  t.is(new Set(layout.names).size, layout.count);
  t.deepEqual(
    layout.ranges.map(({ group, from, to }) => [group, to - from]),
    [
      ["time", config.sensors.length * config.features.statistics.length],
      ["frequency", config.features.spectra.reduce((sum, { bands }) => sum + bands.length, 0)],
      ["cross", config.features.correlations.length],
      ["raw", 0],
    ],
  );
  layout.ranges.forEach(({ from }, index) => t.is(from, index === 0 ? 0 : layout.ranges[index - 1]!.to));
  config.features.raw = { sensors: ["temperature", "soil"], rate: 1 };
  const raw = featureLayout(config);
  // 30 s in 15 frames: two moments each, the sensors of one side by side.
  t.deepEqual(raw.names.slice(layout.count), ["temperature[0]", "soil[0]", "temperature[1]", "soil[1]"]);
  t.is(raw.count, layout.count + 4);
});
