import test from "ava";
import { checkConfig } from "../../host-tools/node/check.js";
import { example, problemsOf, withValues } from "./descriptions.js";

/** A description without pins, to test the other rules of a chip. */
const unwired = { actuators: [], "app.rules": {}, "radio.board": { chip: "sx1262" } };
const vibration = example()["sensors"] as unknown as { hardware: object }[];
const abp = {
  devAddr: "26000001",
  nwkSKey: "00112233445566778899aabbccddeeff",
  appSKey: "ffeeddccbbaa99887766554433221100",
};
/** A second sensor on the LIS3DH, or one like it. */
const sensorsAnd = (hardware: object) => [
  ...(example()["sensors"] as object[]),
  { ...vibration[3], name: "other", hardware: { ...vibration[3]!.hardware, ...hardware } },
];

/** Changes to the example, and every problem reported. */
const mistakes: [values: Record<string, unknown>, problems: string[]][] = [
  // Names.
  [
    { "sensors.0.name": "label" },
    [
      'sensors[0].name: "label", expected another name: "label" is a reserved column of recordings',
      'features.correlations[0][0]: "soil", but there is no such sensor. Known: label, temperature, humidity, vibration',
      'features.correlations[2][0]: "soil", but there is no such sensor. Known: label, temperature, humidity, vibration',
    ],
  ],
  [
    { "classes.2": "a,b", "app.rules.irrigating": undefined },
    [
      'classes[2]: "a,b", expected a name without comma, semicolon, quotation mark, tab or line break, and without leading or trailing blanks',
    ],
  ],
  [
    { "classes.5": "dry", "app.rules.frostRisk": undefined },
    ['classes[5]: "dry", expected a value that is not used twice'],
  ],
  [
    { "actuators.0.name": " valve" },
    [
      'actuators[0].name: " valve", expected a name without comma, semicolon, quotation mark, tab or line break, and without leading or trailing blanks',
    ],
  ],
  [
    { task: "anomaly" },
    [
      'classes: ["normal","dry","irrigating","leak","pumpFault","frostRisk"], expected two of them for an anomaly task: what training shows, and what deviates from it',
    ],
  ],
  [{ task: "anomaly", classes: ["normal", "odd"], "app.rules": {} }, []],
  [{ task: "clustering" }, ['task: "clustering", expected one of classes, anomaly']],
  // The app script's rules.
  [
    { "app.rules.leak": { vavle: true } },
    ['app.rules.leak.vavle: true, but there is no such actuator; did you mean "valve"? Known: valve, pump, alarm'],
  ],
  [
    { "app.rules.leek": {} },
    [
      'app.rules.leek: {}, but there is no such class; did you mean "leak"? Known: normal, dry, irrigating, leak, pumpFault, frostRisk',
    ],
  ],
  [{ "app.rules.leak": { valve: 1 } }, ["app.rules.leak.valve: 1, expected true or false"]],
  // Full scales.
  [
    { "sensors.3.range": [-40, 40] },
    [
      "sensors[3].range: [-40,40], expected limits within -20.08 to 20.08 m/s², the range of a lis3dh with a fullScale of 2 g",
    ],
  ],
  [{ "sensors.3.range": [-40, 40], "sensors.3.hardware.fullScale": 4 }, []],
  [
    { "sensors.2.range": [0, 150] },
    ["sensors[2].range: [0,150], expected limits within 0 to 100 %RH, the range of an sht3x"],
  ],
  [
    { "sensors.0.range": [0, 100] },
    ["sensors[0].range: [0,100], expected limits within -22.22 to 88.89 %VWC, the range of this calibration"],
  ],
  [
    { "sensors.0.range": [0, 40] },
    [
      "sensors[0].hardware.calibration.wetValue: 50, expected a value within the sensor's range, 0 to 40: a calibrated point must not be a fault",
    ],
  ],
  [
    { "sensors.0.hardware.calibration.dryValue": 50 },
    [
      "sensors[0].hardware.calibration.wetValue: 50, expected a value that differs from dryValue: otherwise every reading is the same",
    ],
  ],
  // Buses.
  [{ sensors: sensorsAnd({ axis: "y", address: 25 }) }, []],
  // Axes of one chip: each once, with the same settings and the same rate.
  [{ sensors: sensorsAnd({ axis: "y" }) }, []],
  [
    { sensors: sensorsAnd({}) },
    ['sensors[4].hardware.axis: "z", expected another quantity than sensors[3], which reports this one'],
  ],
  [
    { sensors: sensorsAnd({ axis: "y", highPass: false, fullScale: 4 }) },
    [
      "sensors[4].hardware.fullScale: 4, expected 2, as in sensors[3] for the same chip",
      "sensors[4].hardware.highPass: false, expected true, as in sensors[3] for the same chip",
    ],
  ],
  [
    { sensors: sensorsAnd({ axis: "y" }), "sensors.4.rate": 32 },
    ["sensors[4].rate: 32, expected 64, as in sensors[3] on the same chip"],
  ],
  [{ sensors: sensorsAnd({ data: 16, clock: 17 }) }, []],
  [
    { sensors: sensorsAnd({ data: 22, clock: 21, address: 25 }) },
    [
      "sensors[4].hardware.data: 22, expected an unused pin: sensors[1].hardware.clock uses this one",
      "sensors[4].hardware.clock: 21, expected an unused pin: sensors[1].hardware.data uses this one",
    ],
  ],
  [
    {
      chip: "esp32c3",
      ...unwired,
      sensors: sensorsAnd({ data: 3, clock: 4 }).slice(3),
      features: example()["features"],
      "features.correlations": [],
      "sensors.0.hardware.data": 5,
      "sensors.0.hardware.clock": 6,
    },
    ["sensors[1].hardware.data: 3, expected the pins of another sensor's bus: an ESP32-C3 has 1 I2C controller"],
  ],
  [
    { "sensors.1.hardware.hz": 100_000, "sensors.2.hardware.hz": 50_000 },
    ["sensors[2].hardware.hz: 50000, expected 100000, as in sensors[1] for the same chip"],
  ],
  // Pins.
  [
    { "actuators.0.pin": 36 },
    ["actuators[0].pin: 36, expected a pin that can be an output: 34, 35, 36, 37, 38, 39 on an ESP32 are input-only"],
  ],
  [{ "sensors.0.hardware.pin": 36 }, []],
  [{ "radio.board.pins.busy": 39 }, []],
  [
    { "sensors.1.hardware.data": 39 },
    [
      "sensors[2].hardware.clock: 22, expected an unused pin: sensors[1].hardware.clock uses this one",
      "sensors[3].hardware.clock: 22, expected an unused pin: sensors[1].hardware.clock uses this one",
      "sensors[1].hardware.data: 39, expected a pin that can be an output: 34, 35, 36, 37, 38, 39 on an ESP32 are input-only",
    ],
  ],
  [
    { "actuators.0.pin": 9 },
    ["actuators[0].pin: 9, expected another pin: GPIO9 on an ESP32 is connected to the program flash"],
  ],
  [
    { "actuators.0.pin": 24 },
    ["actuators[0].pin: 24, expected a pin that exists on an ESP32: 0 to 23, 25 to 27, 32 to 39"],
  ],
  [{ "actuators.0.pin": 19 }, ["actuators[0].pin: 19, expected an unused pin: radio.board.pins.dataIn uses this one"]],
  [
    { "actuators.0.pin": 0 },
    [
      "actuators[0].pin: 0, expected another pin: GPIO0 on an ESP32 is a strapping pin: it must be high at reset, else the chip waits for a download over serial",
    ],
  ],
  [
    { "actuators.0.pin": 12 },
    [
      "actuators[0].pin: 12, expected another pin: GPIO12 on an ESP32 is a strapping pin: it must be low at reset, else a 3.3 V flash is supplied with 1.8 V",
    ],
  ],
  [
    { "sensors.0.hardware.pin": 16 },
    [
      "sensors[0].hardware.pin: 16, expected a pin with an ADC: 0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39 on an ESP32",
    ],
  ],
  // The link.
  [{ "radio.appKey": undefined }, ['radio.appKey: missing, expected 32 hexadecimal digits, or "abp"']],
  [{ "radio.appKey": undefined, "radio.joinEui": undefined, "radio.abp": abp }, []],
  [
    {
      "radio.abp": { ...abp, rx1Offset: 6, rx2DataRate: 9, rx2Frequency: 868650000, channels: [867100000, 433175000] },
    },
    [
      "radio.abp.rx1Offset: 6, expected 0 to 5 in EU868",
      "radio.abp.rx2DataRate: 9, expected one of 0, 1, 2, 3, 4, 5, 6, the data rates of downlinks in EU868",
      "radio.abp.rx2Frequency: 868650000, expected a frequency of EU868: 863000000 to 870000000 Hz, in a band that uplinks may use",
      "radio.abp.channels[1]: 433175000, expected a frequency of EU868: 863000000 to 870000000 Hz, in a band that uplinks may use",
    ],
  ],
  [
    { "radio.region": "US915", "radio.abp": { ...abp, channels: [903900000] } },
    ["radio.abp.channels: a list, expected no such key in US915, whose channels are fixed"],
  ],
  [
    { "radio.abp": { ...abp, appSKey: "ffeeddccbbaa99887766" } },
    ["radio.abp.appSKey: 20 characters, expected 32 hexadecimal digits"],
  ],
  [{ "radio.subBand": "garbage" }, ['radio.subBand: "garbage", expected a whole number from 1 to 8']],
  [
    { "radio.subBand": 2 },
    ["radio.subBand: 2, expected no such key in EU868: only US915, AU915 and CN470 have sub-bands"],
  ],
  [{ "radio.subBand": 2, "radio.region": "US915" }, []],
  [{ "radio.region": "CN470" }, []],
  [{ "radio.region": "CN470", "radio.channelPlan": "26" }, []],
  [{ "radio.region": "CN470", "radio.channelPlan": "20A", "radio.subBand": 8 }, []],
  [
    { "radio.region": "CN470", "radio.channelPlan": "26B", "radio.subBand": 7 },
    ["radio.subBand: 7, expected 1 to 6 in the channel plan 26B"],
  ],
  [
    { "radio.region": "CN470", "radio.channelPlan": "20", "radio.subBand": 1 },
    ['radio.channelPlan: "20", expected one of "20A", "20B", "26A", "26B", the plan that the sub-band is in'],
  ],
  [
    { "radio.channelPlan": "20A" },
    ['radio.channelPlan: "20A", expected no such key in EU868: only CN470 has several channel plans'],
  ],
  [
    { ...unwired, "radio.board": { chip: "sx1268" } },
    [
      'radio.board.chip: "sx1268", expected one of sx1261, sx1262, sx1272, sx1276: EU868 is at 863 to 870 MHz, and an SX1268 reaches 410 to 810 MHz',
    ],
  ],
  [
    { ...unwired, "radio.board": { chip: "sx1272" }, "radio.region": "EU433" },
    [
      'radio.board.chip: "sx1272", expected one of sx1261, sx1262, sx1268, sx1276, sx1278: EU433 is at 433.05 to 434.79 MHz, and an SX1272 reaches 860 to 1020 MHz',
    ],
  ],
  [{ ...unwired, "radio.board": { chip: "sx1268" }, "radio.region": "EU433" }, []],
  [{ ...unwired, "radio.board": { chip: "sx1278" }, "radio.region": "EU433" }, []],
  [
    { "radio.dataRate": 6 },
    ["radio.dataRate: 6, expected one of 0, 1, 2, 3, 4, 5, the data rates of uplinks on the default channels of EU868"],
  ],
  // Less than the chip can be set to: the driver would refuse every transmission.
  [
    { "radio.board.maxPower": -10 },
    ["radio.board.maxPower: -10, expected a whole number from -9, the lowest power of an SX1262 here"],
  ],
  [{ "radio.board.maxPower": -9 }, []],
  [
    { "radio.board": { chip: "sx1276", maxPower: 1 } },
    ["radio.board.maxPower: 1, expected a whole number from 2, the lowest power of an SX1276 here"],
  ],
  [{ "radio.board": { chip: "sx1276", paPin: "rfo", maxPower: 1 } }, []],
  [{ "radio.dataRate": 4, "radio.region": "US915" }, []],
  [
    { "radio.board.pins.txEnable": 4 },
    ['radio.board.pins.txEnable: 4, expected "rfSwitch": "pins" as well, without which the line is not used'],
  ],
  [
    { "radio.board.rfSwitch": "pins" },
    ['radio.board.rfSwitch: "pins", expected txEnable or rxEnable in pins, the lines to switch'],
  ],
  [
    { "radio.board.paPin": "rfo" },
    [
      'radio.board.paPin: "rfo", but there is no such key. Known: chip, pins, tcxoVoltage, tcxoDelay, regulator, rfSwitch, maxPower, rxGain',
    ],
  ],
  [
    { "radio.board.tcxoVoltage": 2 },
    ["radio.board.tcxoVoltage: 2, expected one of 0, 1.6, 1.7, 1.8, 2.2, 2.4, 2.7, 3, 3.3"],
  ],
  [{ "radio.board.pins.busy": undefined }, ["radio.board.pins.busy: missing, expected a whole number from 0 to 48"]],
  // The features.
  [
    { "features.correlations.0.0": "sail" },
    [
      'features.correlations[0][0]: "sail", but there is no such sensor; did you mean "soil"? Known: soil, temperature, humidity, vibration',
    ],
  ],
  [
    { "features.spectra.0.bands.1": [0.5, 3] },
    ["features.spectra[0].bands[1]: [0.5,3], expected a value that is not used twice"],
  ],
  [{ "features.spanSeconds": 1 }, ["features.spanSeconds: 1, expected a number from 2 (one frame) to 604800"]],
];

test("each mistake is reported by key, value and what would be right, and nothing else is", (t) => {
  for (const [values, problems] of mistakes)
    t.deepEqual(problemsOf(withValues(values)), problems, JSON.stringify(values));
});

test("all problems are reported at once, each of them once", (t) => {
  const problems = mistakes.flatMap(([, said]) => said.length);
  const description = withValues({
    "policy.threshold": 7,
    "actuators.1.pin": 9,
    "app.rules.leek": {},
    "radio.region": "EU999",
    colour: "red",
  });
  const error = t.throws(() => checkConfig(description), { name: "ConfigError" });
  t.is(problemsOf(description).length, 5);
  t.is(error.message, `5 problems:\n  ${problemsOf(description).join("\n  ")}`);
  t.true(Math.max(...problems) > 1);
});

test("a unit that the driver does not give is a warning", (t) => {
  t.deepEqual(checkConfig(withValues({ "sensors.1.unit": "°F" })).warnings, [
    'sensors[1].unit: "°F", but the driver gives °C',
  ]);
});
