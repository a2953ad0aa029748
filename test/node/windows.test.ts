import test from "ava";
import { checkConfig } from "../../host-tools/node/check.js";
import { windowMemory } from "../../host-tools/node/windowMemory.js";
import { problemsOf, withValues } from "./descriptions.js";

const sensor = (rate: number) => ({ name: "s", unit: "u", rate, range: [0, 1], stuckSeconds: 0 });
const of = (rate: number, window: object, features: object = {}, more: object = {}) =>
  withValues({
    sensors: [sensor(rate)],
    window,
    features: { statistics: ["mean"], spanSeconds: 604_800, spectra: [], correlations: [], ...features },
    ...more,
  });
const raw = { raw: { sensors: ["s"], rate: 50.4 } };

/** Rates and windows, and every problem of them. */
const cases: [description: unknown, problems: string[]][] = [
  [of(0.0000115741, { seconds: 604_800, everySeconds: 86_400, frames: 7 }), []],
  [of(16_000, { seconds: 0.2, everySeconds: 0.05, frames: 1 }), []],
  [of(50.4, { seconds: 10, everySeconds: 2.5, frames: 4 }, raw), []],
  [
    of(0.00001, { seconds: 604_800, everySeconds: 604_800, frames: 7 }),
    ["sensors[0].rate: 0.00001, expected a number from 0.00001157 to 16000"],
  ],
  [
    of(50.3, { seconds: 10, everySeconds: 10, frames: 4 }),
    [
      "sensors[0].rate: 50.3, expected a rate that gives each of the 4 frames of the 10 s window the same whole number of samples, such as 50.4",
    ],
  ],
  [
    of(0.1, { seconds: 5, everySeconds: 5, frames: 1 }),
    [
      "sensors[0].rate: 0.1, expected a rate that gives each of the 1 frames of the 5 s window the same whole number of samples, such as 0.2",
    ],
  ],
  [
    of(50.4, { seconds: 10, everySeconds: 3, frames: 4 }),
    [
      "sensors[0].rate: 50.4, expected a rate that gives the 3 s of window.everySeconds, after which the next window begins, a whole number of samples, such as 50.3333333",
    ],
  ],
  [
    of(100, { seconds: 10, everySeconds: 0.1, frames: 4 }),
    [
      "window.everySeconds: 0.1, expected a number from 0.15625, so that at most 64 windows are under way at the same time",
    ],
  ],
  [
    of(8, { seconds: 0.01, everySeconds: 1, frames: 1 }),
    ["window.seconds: 0.01, expected a number from 0.05 to 604800"],
  ],
];

test("rates and windows: what is possible, and what would be right", (t) => {
  for (const [description, problems] of cases) t.deepEqual(problemsOf(description), problems);
});

test("a window that does not fit into the chip says how many bytes it takes, and what would help", (t) => {
  const day = { seconds: 86_400, everySeconds: 43_200, frames: 1 };
  // 10 a second for a day are 864,000 floats, 4 bytes each, and a feature of 5; for two windows.
  t.deepEqual(problemsOf(of(10, day)), [
    'window: {"seconds":86400,"everySeconds":43200,"frames":1}, but such windows need 6,912,010 bytes of the node\'s memory, 3,456,005 for each of the 2 that overlap, and the esp32 has 104,000 for them and the network: s alone holds 864,000 samples; give the window more frames, shorten features.spanSeconds, lengthen window.everySeconds or lower the rate',
  ]);
  const { config } = checkConfig(of(10, { ...day, frames: 96 }, { spanSeconds: 900 }));
  t.deepEqual(windowMemory(config), {
    bytes: 2 * (4 * 9000 + 5 * 96),
    windows: 2,
    each: 4 * 9000 + 5 * 96,
    largest: { sensor: "s", samples: 9000 },
  });
});

test("correlations are of sensors whose rates are multiples of the slowest", (t) => {
  t.deepEqual(problemsOf(withValues({ "sensors.3.rate": 64.5 })), [
    "sensors[3].rate: 64.5, expected a whole multiple of 1 Hz, the rate of the node's slowest sensor, for features.correlations",
  ]);
});

test("statistics of single signals and magnitudes: names, rates, and what is there twice", (t) => {
  const problems = problemsOf(
    withValues({
      "features.statisticsOf": { vibratoin: ["rms"], soil: ["rms", "rms"], wetness: ["crest"] },
      "features.magnitudes": [
        { name: "wetness", sensors: ["soil", "humidity"] },
        { name: "soil", sensors: ["temperature", "vibration", "temperature", "rain"] },
      ],
    }),
  );
  t.deepEqual(problems, [
    'features.statisticsOf.vibratoin: ["rms"], but there is no such sensor; did you mean "vibration"? Known: soil, temperature, humidity, vibration, wetness, soil',
    'features.statisticsOf.soil[1]: "rms", expected a value that is not used twice',
    'features.magnitudes[1].name: "soil", expected a name that no sensor and no other magnitude has',
    'features.magnitudes[1].sensors[1]: "vibration", expected a sensor with 1 Hz, the rate of temperature',
    'features.magnitudes[1].sensors[3]: "rain", but there is no such sensor. Known: soil, temperature, humidity, vibration',
    'features.magnitudes[1].sensors[2]: "temperature", expected a value that is not used twice',
  ]);
});
