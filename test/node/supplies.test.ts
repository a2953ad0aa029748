import test from "ava";
import { checkConfig } from "../../host-tools/node/check.js";
import { problemsOf, withValues } from "./descriptions.js";

const at = (sensor: number, power: object) => ({ [`sensors.${sensor}.hardware.power`]: power });
const sht3x = (power: object) => ({ ...at(1, power), ...at(2, power) });

/** Supplies of the example's sensors, and what is said of them: a mistake, or a warning. */
const said: [values: Record<string, unknown>, about: RegExp | undefined, isWarning?: true][] = [
  [at(0, { pin: 25 }), /^actuators\[0\]\.pin: 25, expected an unused pin: sensors\[0\]\.hardware\.power\.pin uses/],
  [at(0, { pin: 35 }), /^sensors\[0\]\.hardware\.power\.pin: 35, expected a pin that can be an output: 34, 35/],
  [at(0, { pin: 12 }), /power\.pin: 12, expected another pin: GPIO12 on an ESP32 is a strapping pin/],
  [at(0, { pin: 23, warmUpSeconds: -1 }), /power\.warmUpSeconds: -1, expected a number from 0 to 600$/],
  [at(0, { pin: 23, level: 2 }), /power\.level: 2, expected 0 or 1$/],
  [
    at(1, { pin: 16 }),
    /^sensors\[2\]\.hardware\.power: missing, expected \{"pin":16.*as in sensors\[1\] for the same chip$/,
  ],
  [
    { ...at(0, { pin: 16, level: 0 }), ...sht3x({ pin: 16 }) },
    /^sensors\[1\]\.hardware\.power\.pin: 16, expected an un/,
  ],
  [
    sht3x({ pin: 16 }),
    /^sensors\[3\]\.hardware\.address: 24: sensors\[1\] on the same I2C bus is supplied by GPIO16/,
    true,
  ],
  [at(3, { pin: 16 }), /hardware\.address: 24: sensors\[1\] on the same I2C bus is always supplied, this one by/, true],
  [{ ...sht3x({ pin: 23 }), ...at(3, { pin: 23, warmUpSeconds: 1 }) }, undefined],
];

for (const [values, about, isWarning] of said)
  test(`${JSON.stringify(values)}: ${about ? (isWarning ? "a warning" : "refused") : "nothing"}`, (t) => {
    const description = withValues(values);
    if (!about) return void t.deepEqual([problemsOf(description), checkConfig(description).warnings], [[], []]);
    const texts = isWarning ? checkConfig(description).warnings : problemsOf(description);
    t.true(
      texts.some((text) => about.test(text)),
      texts.join("\n"),
    );
  });

test("a supply that the board switches may be that of sensors, at its level", (t) => {
  const probe = {
    chip: "capacitive",
    pin: 2,
    calibration: { dry: 0.8, wet: 0.35, dryValue: 0, wetValue: 50 },
  };
  const on = (power: object) =>
    problemsOf(
      withValues({
        board: "heltec-v3",
        "radio.board": undefined,
        actuators: [],
        "app.rules": {},
        "sensors.0.hardware": { ...probe, power },
        ...Object.fromEntries([1, 2, 3].map((index) => [`sensors.${index}.hardware`, undefined])),
      }),
    );
  t.deepEqual(on({ pin: 36, level: 0 }), []);
  t.regex(
    on({ pin: 36 })[0]!,
    /power\.pin: 36, .* GPIO36 .* switches Vext, .*"power" of sensors there, with "level": 0$/,
  );
  t.regex(on({ pin: 35 })[0]!, /GPIO35 .* drives the LED$/);
});
