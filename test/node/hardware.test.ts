import test from "ava";
import { sensorManifest } from "../../host-tools/node/sensorManifest.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { problemsOf, withValues } from "./descriptions.js";

const sensor = (hardware: object, range: [number, number], settings: object = {}) => ({
  name: "extra",
  unit: "1",
  rate: 1,
  range,
  stuckSeconds: 0,
  hardware,
  ...settings,
});
const features = { statistics: ["mean"], spanSeconds: 10, spectra: [], correlations: [] };
const loop = { chip: "loop", pin: 35, ohms: 100, at4: 0, at20: 10 };
const microphone = { chip: "microphone", clock: 4, select: 16, data: 17 };
const bmp280 = {
  chip: "ecma419",
  driver: "embedded:sensor/Barometer-Temperature/BMP280",
  quantity: "barometer.pressure",
  sensor: { io: "i2c", data: 21, clock: 22, address: 118 },
};

/** Sensors, and all that is said of them. */
const mistakes: [sensors: object[], problems: string[]][] = [
  [[sensor({ chip: "analog", pin: 35, scale: 2 }, [0.3, 4.9])], []],
  [
    [sensor({ chip: "analog", pin: 35, scale: 2 }, [0, 4.9])],
    [
      "sensors[0].range: [0,4.9], expected limits within 0.3 to 4.9 1, what the pin's 0.15 to 2.45 V give with this scale and offset",
    ],
  ],
  [
    [sensor({ chip: "analog", pin: 5 }, [1, 2])],
    [
      "radio.board.pins.clock: 5, expected an unused pin: sensors[0].hardware.pin uses this one",
      "sensors[0].hardware.pin: 5, expected a pin with an ADC: 0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39 on an ESP32",
    ],
  ],
  [
    [sensor({ chip: "analog", pin: 35 }, [1, 2], { rate: 3 })],
    [
      "sensors[0].rate: 3, expected at most 50 and, above 1, whole ms from one sample to the next (2, 4, 5, 8, 10, 12.5, 20, 25, 40, 50, ...) for the chip analog, which is polled",
    ],
  ],
  [[sensor(loop, [-0.25, 10.5])], []],
  [
    [sensor({ ...loop, ohms: 250 }, [0, 10])],
    [
      "sensors[0].hardware.ohms: 250, expected 42 to 116 Ω: 3.6 to 21 mA must give the 0.15 to 2.45 V that the pin measures",
    ],
  ],
  [[sensor({ ...loop, at20: 0 }, [0, 10])], ["sensors[0].hardware.at20: 0, expected a value that differs from at4"]],
  [
    [sensor(loop, [-1, 11])],
    ["sensors[0].range: [-1,11], expected limits within -0.25 to 10.63 1, what 3.6 to 21 mA give"],
  ],
  [[sensor(microphone, [-80, 0], { unit: "dBFS", rate: 10 })], []],
  [
    [sensor({ ...microphone, band: [100, 110] }, [-80, 0], { unit: "dBFS", rate: 10 })],
    ["sensors[0].hardware.band: [100,110], expected a band that holds a bin: bins are 31.25 Hz apart"],
  ],
  [
    [sensor({ ...microphone, size: 1024 }, [-80, 0], { unit: "dBFS", rate: 20 })],
    ["sensors[0].hardware.size: 1024, expected at most the 800 samples of a block"],
  ],
  [
    [sensor(microphone, [-80, 0], { unit: "dBFS", rate: 12 })],
    ["sensors[0].rate: 12, expected a divisor of the sampleRate, 16000, up to 50: blocks a second"],
  ],
  [
    [
      sensor(microphone, [-80, 0], { unit: "dBFS", rate: 10 }),
      sensor({ ...microphone, band: [100, 200], slot: "right" }, [-80, 0], { name: "band", unit: "dBFS", rate: 10 }),
    ],
    ['sensors[1].hardware.slot: "right", expected "left", as in sensors[0] for the same chip'],
  ],
  [[sensor({ ...bmp280, scale: 0.01, fullScale: [300, 1100] }, [300, 1100])], []],
  [
    [sensor({ ...bmp280, scale: 0.01, fullScale: [300, 1100] }, [200, 1100])],
    ["sensors[0].range: [200,1100], expected limits within 300 to 1100 1, the fullScale of its hardware"],
  ],
  [
    [
      sensor(bmp280, [300, 1100]),
      sensor({ ...bmp280, quantity: "thermometer.temperature", scale: 1.8 }, [0, 99], { name: "box" }),
    ],
    [],
  ],
  [
    [
      sensor(bmp280, [300, 1100]),
      sensor({ chip: "sht3x", quantity: "humidity", data: 21, clock: 22, address: 68 }, [0, 99], {
        name: "h",
        unit: "%",
      }),
      sensor({ ...bmp280, sensor: { ...bmp280.sensor, address: 68 } }, [0, 99], { name: "box" }),
    ],
    ["sensors[2].hardware.sensor.address: 68, expected a different address than sensors[1], which is another chip"],
  ],
  [
    [sensor({ ...bmp280, sensor: { io: "spi" } }, [0, 1])],
    ['sensors[0].hardware.sensor.io: "spi", expected one of smbus, i2c, analog, digital'],
  ],
];

test("each kind of hardware: rates, full scales, pins and what sensors share", (t) => {
  for (const [sensors, problems] of mistakes)
    t.deepEqual(problemsOf(withValues({ sensors, features })), problems, JSON.stringify(sensors));
});

test("a driver that the SDK has not needs a manifest of its own", (t) => {
  const description = (hardware: object) =>
    withValues({ sensors: [sensor({ ...bmp280, ...hardware }, [0, 1])], features });
  const [problem, ...others] = problemsOf(description({ driver: "embedded:sensor/Barometer-Temperature/BMP290" }));
  t.regex(
    problem!,
    /^sensors\[0\]\.hardware\.driver: .* did you mean "embedded:sensor\/Barometer-Temperature\/BMP280"\?.*its "manifest"$/,
  );
  t.deepEqual(others, []);
  t.deepEqual(problemsOf(description({ driver: "drivers/mine", manifest: "./drivers/manifest.json" })), []);
});

test("sensors.json has the parts of the sensors that there are, and the pins of a microphone", (t) => {
  const manifestOf = (...sensors: object[]): unknown =>
    JSON.parse(sensorManifest(checkConfig(withValues({ sensors, features })).config, "$(LOAM)"));
  const field = "$(LOAM)/device/sensors/field";
  t.deepEqual(manifestOf(sensor(bmp280, [0, 1]), sensor(loop, [0, 10], { name: "level" })), {
    include: [
      `${field}/manifest_ecma419.json`,
      `${field}/manifest_loop.json`,
      "$(MODDABLE)/modules/drivers/sensors/bmp280/manifest.json",
      "$(MODDABLE)/modules/io/i2c/manifest.json",
    ],
  });
  t.deepEqual(manifestOf(sensor({ ...bmp280, driver: "drivers/mine", manifest: "./drivers/manifest.json" }, [0, 1])), {
    include: [`${field}/manifest_ecma419.json`, "$(MODDABLE)/modules/io/i2c/manifest.json", "./drivers/manifest.json"],
  });
  t.deepEqual(manifestOf(sensor({ ...microphone, slot: "right" }, [-80, 0], { unit: "dBFS", rate: 10 })), {
    include: [`${field}/manifest_microphone.json`],
    defines: {
      audioIn: {
        bitsPerSample: 16,
        numChannels: 1,
        i2s: { num: 0, bck_pin: 4, lr_pin: 16, datain: 17, format_i2s: 1, slot: "I2S_STD_SLOT_RIGHT" },
      },
    },
  });
});
