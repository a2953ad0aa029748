import { execa } from "execa";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "ava";
import { compareRecordings } from "../../host-tools/features/compare.js";
import { extractFeatures } from "../../host-tools/features/extract.js";
import { readRecording } from "../../host-tools/features/csv.js";
import { surveyRecording } from "../../host-tools/features/survey.js";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { silentProgress } from "../../host-tools/lib/progress.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { withValues } from "../node/descriptions.js";

const features = { statistics: ["mean"], spanSeconds: 10, spectra: [], correlations: [] };
const axis = (name: string, hardware: object = {}, range = [-20, 20]) => ({
  name,
  unit: "m/s²",
  rate: 4,
  range,
  stuckSeconds: 0,
  hardware: { chip: "lis3dh", axis: name, data: 21, clock: 22, address: 24, ...hardware },
});
const climate = (quantity: "temperature" | "humidity", unit: string, range: number[]) => ({
  name: quantity,
  unit,
  rate: 4,
  range,
  stuckSeconds: 0,
  hardware: { chip: "sht3x", quantity, data: 21, clock: 22, address: 68 },
});

/** A sensor of which no hardware is said. */
const bare = (name: string, unit: string, range: number[]) => ({ name, unit, rate: 4, range, stuckSeconds: 0 });
const bareAxes = (unit: string, range: number[]) => ["accX", "accY", "accZ"].map((name) => bare(name, unit, range));

const describe = (sensors: object[]) => checkConfig(withValues({ sensors, features })).config;

/** A recording of one window with a value for each sensor and sample. */
const csv = (names: string[], value: (sensor: number, sample: number) => number): string =>
  [
    ["time", ...names].join(","),
    ...Array.from({ length: 120 }, (_, sample) =>
      [sample / 4, ...names.map((__, sensor) => value(sensor, sample))].join(","),
    ),
  ].join("\n");

function differencesOf(sensors: { name: string }[], value: (sensor: number, sample: number) => number): string[] {
  const config = describe(sensors);
  const names = sensors.map(({ name }) => name);
  const recording = readRecording("a.csv", Buffer.from(csv(names, value)), config, false);
  return compareRecordings(config, [...surveyRecording(recording, config)]);
}

const three = (hardware: object = {}) => ["x", "y", "z"].map((name) => axis(name, hardware));
const tilted = [1.5, -4, 8.83];
const shake = (sample: number) => Math.sin(sample);

/** Sensors, what was recorded, and what is said of it. */
const cases: [sensors: { name: string }[], (sensor: number, sample: number) => number, said: RegExp[]][] = [
  [three(), (sensor, sample) => tilted[sensor]! + shake(sample), []],
  [three({ highPass: true }), (_, sample) => shake(sample), []],
  [
    three({ highPass: true }),
    (sensor, sample) => tilted[sensor]! + shake(sample),
    [
      /^x, y, z: the recordings' mean is 9\.8\d? m\/s²: they hold gravity, which "highPass": true takes away on the board\./,
    ],
  ],
  [
    three(),
    (_, sample) => shake(sample),
    [
      /^x, y, z: the recordings' mean is 0\.0\d+ m\/s²: they hold no gravity, which the board measures; set "highPass": true/,
    ],
  ],
  [
    three(),
    (sensor, sample) => (tilted[sensor]! + shake(sample)) / 9.80665,
    [/^x, y, z: .* 1(\.\d+)? m\/s²: they are in g; the board measures m\/s², of which gravity is 9\.81$/],
  ],
  [
    three(),
    (sensor) => 1.5 * tilted[sensor]!,
    [/^x, y, z: .* 14\.\d m\/s², and a board at rest measures 9\.81: another unit/],
  ],
  [
    [axis("z")],
    (_, sample) => shake(sample),
    [/^z: .* they hold no gravity, which the board measures, unless the axis is level;/],
  ],
  [[axis("z")], (_, sample) => 6 + shake(sample), []],
  [[axis("z", { highPass: true })], () => -9.7, [/^z: the recordings' mean is 9\.7 m\/s²: they hold gravity/]],
  // Full scale: 2 g are 20.08 m/s².
  [
    [axis("z", {}, [-19, 19])],
    (_, sample) => 6 + (sample % 4 === 0 ? 14.05 : 0),
    [
      /^z: 30 of 120 samples \(25 %\) are at an end of -20\.1 to 20\.1 m\/s², .*: peaks were cut off\. Record with a larger full scale$/,
      /^z: 30 of 120 samples \(25 %\) are outside the range -19 to 19 m\/s²: the node takes them for faults$/,
    ],
  ],
  [
    [axis("z")],
    (_, sample) => (sample === 7 ? 35 : 6),
    [
      /^z: 1 of 120 samples \(0\.833 %\) are beyond -20\.1 to 20\.1 m\/s², the range of a lis3dh with a fullScale of 2 g; they reach from 6 to 35\. The board cannot measure them$/,
    ],
  ],
  [
    [climate("temperature", "°C", [-40, 60]), climate("humidity", "%RH", [0, 100])],
    (sensor, sample) => (sensor === 0 ? 293 + shake(sample) : 0.5),
    [
      /^temperature: .* 293, which are kelvins; the board measures °C$/,
      /^humidity: .* which are fractions; the board measures %$/,
    ],
  ],
  // Without hardware: range, unit, gravity and full scale.
  [[bare("accel", "g", [-2, 2])], (_, sample) => shake(sample) + (sample === 9 ? 1 : 0), []],
  [
    [bare("accel", "g", [-2, 2])],
    (_, sample) => 19.6 * shake(sample),
    [
      /^accel: values reach -?19\.6 where the description's range is -2 to 2 g: are they m\/s²\? npx loam import --scale accel=0\.10197 converts them$/,
    ],
  ],
  [
    [bare("temperature", "°C", [-20, 50])],
    (_, sample) => 77 + 10 * shake(sample),
    [
      /^temperature: values reach 87 .* -20 to 50 °C: are they °F\? npx loam import --scale temperature=0\.55556 --offset temperature=-17\.778 converts them$/,
    ],
  ],
  [
    [bare("level", "cm", [0, 10])],
    (_, sample) => (sample % 2 ? 5 : 20),
    [/^level: values reach 20 where the description's range is 0 to 10 cm, and 50 % of the samples are outside/],
  ],
  [bareAxes("m/s²", [-40, 40]), (sensor, sample) => tilted[sensor]! + shake(sample), []],
  [bareAxes("m/s²", [-40, 40]), (sensor, sample) => 0.1 * tilted[sensor]! * shake(sample), []],
  [
    bareAxes("m/s²", [-40, 40]),
    (sensor, sample) => (tilted[sensor]! + shake(sample)) / 9.80665,
    [
      /^accX, accY, accZ: the recordings' mean is (?:1|0\.99\d|1\.0\d) where gravity is 9\.81 m\/s²: are they g\? npx loam import --scale accX=9\.806\d --scale accY=9\.806\d --scale accZ=9\.806\d converts them$/,
    ],
  ],
  [
    bareAxes("g", [-2, 2]),
    (sensor, sample) => tilted[sensor]! + 15 * shake(sample),
    [/^accX, accY, accZ: the recordings' mean is \S+ where gravity is 1 g: are they m\/s²\?/],
  ],
  [
    [bare("x", "m/s²", [-40, 40])],
    (_, sample) => Math.max(-19.61, Math.min(19.61, 30 * Math.sin(sample / 9))),
    [
      /^x: \d+ of 120 samples stay at 19\.6 m\/s², the end of a full scale of 2 g: peaks were cut off\. Record with a larger full scale$/,
    ],
  ],
];

test("recordings that are not what the described board measures, in words", (t) => {
  for (const [sensors, value, said] of cases) {
    const found = differencesOf(sensors, value);
    t.is(found.length, said.length, found.join("\n"));
    said.forEach((words, index) => t.regex(found[index]!, words));
  }
});

test("training sees it, too: from all recordings, also those whose features are in the cache", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "agreement-"));
  try {
    const config = describe(three());
    const file = path.join(folder, "a.csv");
    await writeFile(
      file,
      csv(["x", "y", "z"], (_, sample) => shake(sample)),
    );
    for (let round = 0; round < 2; round++) {
      const set = await extractFeatures([file, file], config, { progress: silentProgress, requireLabels: false });
      t.is(set.survey[0]!.count, 240);
      t.regex(compareRecordings(config, set.survey).join("\n"), /^x, y, z: .* they hold no gravity/);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("loam check compares the recordings with the description; exit code 1 where they differ", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "agreement-"));
  try {
    const sensors = three();
    const file = path.join(folder, "node.config.json");
    await writeFile(file, JSON.stringify(withValues({ sensors, features })));
    await mkdir(path.join(folder, "recordings"));
    const check = async (value: (sensor: number, sample: number) => number) => {
      await writeFile(path.join(folder, "recordings/a.csv"), csv(["x", "y", "z"], value));
      return await execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), "check"], {
        cwd: folder,
        reject: false,
      });
    };
    t.is((await check((sensor) => tilted[sensor]!)).exitCode, 0);
    const { exitCode, stderr } = await check(() => 0);
    t.is(exitCode, 1);
    t.regex(stderr, /the recordings in recordings differ from the description:\n  x, y, z: .* hold no gravity/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
