import test from "ava";
import { chips } from "../../host-tools/node/chips.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { problemsOf, withValues } from "./descriptions.js";

/** A description without pins, to test the other rules of a chip. */
const unwired = { actuators: [], "app.rules": {}, "radio.board": { chip: "sx1262" } };
const noHardware = Object.fromEntries([0, 1, 2, 3].map((index) => [`sensors.${index}.hardware`, undefined]));

/** Pins of each chip, what they are used for, and what is reported. */
const pins: [
  chip: keyof typeof chips,
  values: Record<string, unknown>,
  level: "warnings" | "notes" | "error" | "nothing",
  about: RegExp,
][] = [
  [
    "esp32",
    { actuators: [{ name: "valve", pin: 2 }] },
    "warnings",
    /^actuators\[0\]\.pin: 2: GPIO2 .* low at reset, else the chip cannot be flashed over serial$/,
  ],
  [
    "esp32",
    { actuators: [{ name: "valve", pin: 15 }] },
    "notes",
    /^actuators\[0\]\.pin: 15: GPIO15 .* the ROM prints no boot log$/,
  ],
  [
    "esp32",
    { actuators: [{ name: "valve", pin: 1 }] },
    "warnings",
    /^actuators\[0\]\.pin: 1: GPIO1 on an ESP32 is a pin of UART0,/,
  ],
  ["esp32", { actuators: [{ name: "valve", pin: 4 }] }, "nothing", /^/],
  [
    "esp32s3",
    { actuators: [{ name: "valve", pin: 36 }] },
    "warnings",
    /^actuators\[0\]\.pin: 36: GPIO36 on an ESP32-S3 belongs to octal flash or PSRAM/,
  ],
  [
    "esp32s3",
    { actuators: [{ name: "valve", pin: 45 }] },
    "error",
    /^actuators\[0\]\.pin: 45, expected another pin: GPIO45 .* low at reset/,
  ],
  [
    "esp32s3",
    { actuators: [{ name: "valve", pin: 30 }] },
    "error",
    /^actuators\[0\]\.pin: 30, expected another pin: GPIO30 on an ESP32-S3 is connected to the program flash/,
  ],
  [
    "esp32s3",
    { actuators: [{ name: "valve", pin: 23 }] },
    "error",
    /expected a pin that exists on an ESP32-S3: 0 to 21, 26 to 48$/,
  ],
  ["esp32s3", { actuators: [{ name: "valve", pin: 48 }] }, "nothing", /^/],
  [
    "esp32c3",
    { actuators: [{ name: "valve", pin: 9 }] },
    "error",
    /expected another pin: GPIO9 on an ESP32-C3 is a strapping pin: it must be high/,
  ],
  ["esp32c3", { actuators: [{ name: "valve", pin: 8 }] }, "warnings", /^actuators\[0\]\.pin: 8: GPIO8 on an ESP32-C3/],
  [
    "esp32c3",
    { actuators: [{ name: "valve", pin: 22 }] },
    "error",
    /expected a pin that exists on an ESP32-C3: 0 to 21$/,
  ],
  [
    "esp32c3",
    {
      "radio.board": {
        chip: "sx1262",
        pins: { clock: 8, dataOut: 10, dataIn: 9, select: 6, reset: 4, busy: 5, dio1: 3 },
      },
    },
    "error",
    /^radio\.board\.pins\.spi: missing, expected 1 on an ESP32-C3 \(without the key it is 2\)$/,
  ],
  [
    "esp32c3",
    {
      "radio.board": {
        chip: "sx1262",
        pins: { spi: 1, clock: 8, dataOut: 10, dataIn: 9, select: 6, reset: 4, busy: 5, dio1: 3 },
      },
    },
    "warnings",
    /^radio\.board\.pins\.dataIn: 9: GPIO9/,
  ],
];

test("pins by chip", (t) => {
  for (const [chip, values, level, about] of pins) {
    const description = withValues({ chip, ...noHardware, ...unwired, ...values });
    const problems = problemsOf(description);
    if (level === "error") {
      t.is(problems.length, 1, problems.join("\n"));
      t.regex(problems[0]!, about);
      continue;
    }
    const { warnings, notes } = checkConfig(description);
    const said = { warnings, notes, nothing: [""] }[level];
    t.true(
      said.some((text) => about.test(text)),
      `${chip} ${JSON.stringify(values)}: ${[...warnings, ...notes].join("\n")}`,
    );
    if (level === "nothing") t.deepEqual([...warnings, ...notes], []);
  }
});

test("an I2C bus is pulled up: no warning about a strapping pin that must be high, an error about one that must be low", (t) => {
  const bus = (data: number, clock: number) =>
    Object.fromEntries(
      [1, 2, 3].flatMap((index) => [
        [`sensors.${index}.hardware.data`, data],
        [`sensors.${index}.hardware.clock`, clock],
      ]),
    );
  t.deepEqual(checkConfig(withValues(bus(0, 15))).warnings, []);
  t.regex(
    problemsOf(withValues(bus(12, 22)))[0]!,
    /^sensors\[1\]\.hardware\.data: 12, expected another pin: GPIO12 .* low at reset/,
  );
});
