import test from "ava";
import { boardNames, boardOf, radioLinesOf, type BoardName } from "../../host-tools/node/boards.js";
import { checkConfig } from "../../host-tools/node/check.js";
import { chips } from "../../host-tools/node/chips.js";
import { editorSchema } from "../../host-tools/node/jsonSchema.js";
import { example, problemsOf, withValues } from "./descriptions.js";

/** The example on a board: no sensor is wired, no actuator, and nothing is said of the radio chip. */
function onBoard(board: BoardName, values: Record<string, unknown> = {}): unknown {
  const hardware = [0, 1, 2, 3].map((index): [string, unknown] => [`sensors.${index}.hardware`, undefined]);
  const radio = boardOf(board).radio ? undefined : { chip: "sx1262" };
  const bare = { board, actuators: [], "app.rules": {}, "radio.board": radio };
  return withValues({ ...bare, ...Object.fromEntries(hardware), ...values });
}

const probe = (pin: number) => ({
  chip: "capacitive",
  pin,
  calibration: { dry: 0.8, wet: 0.35, dryValue: 0, wetValue: 50 },
});
const sht3x = (data: number, clock: number, address = 68) => ({
  chip: "sht3x",
  quantity: "temperature",
  ...{ data, clock, address },
});

const bmp280 = (address: number) => ({
  chip: "ecma419",
  driver: "embedded:sensor/Barometer-Temperature/BMP280",
  quantity: "thermometer.temperature",
  sensor: { io: "i2c", data: 21, clock: 22, address },
});

for (const name of boardNames) {
  const board = boardOf(name);

  test(`${name}: a description of it needs no chip and no radio board, and nothing is to be warned of`, (t) => {
    const { config, warnings } = checkConfig(onBoard(name));
    t.deepEqual(warnings, []);
    t.is(config.chip, board.chip);
    if (board.radio) t.like(config.radio.board, board.radio);
  });

  test(`${name}: its own pins exist on its chip, are not those of the flash, and have one use each`, (t) => {
    const own = [
      ...radioLinesOf(board).map(([, pin]) => pin),
      ...Object.keys(board.wired).map(Number),
      ...Object.keys(board.shared).map(Number),
    ];
    t.deepEqual(own, [...new Set(own)]);
    for (const pin of [...own, board.button, board.led, board.battery?.pin, board.battery?.enable?.pin]) {
      if (pin === undefined) continue;
      t.true(
        chips[board.chip].pins.some(([first, last]) => pin >= first && pin <= last),
        `GPIO${pin}`,
      );
      t.false(chips[board.chip].flash.includes(pin), `GPIO${pin}`);
    }
    if (board.battery) t.true(chips[board.chip].analog.includes(board.battery.pin));
    t.true(board.sources.length > 0);
    t.true(board.checked.length > 0);
  });

  test(`${name}: the pins that it has free can be used`, (t) => {
    const { i2c, analog, outputs } = board.free;
    t.true([i2c, ...analog, ...outputs].length > 0);
    const values = {
      ...(i2c && { "sensors.1.hardware": sht3x(i2c.data, i2c.clock) }),
      actuators: outputs.map((pin, index) => ({ name: `output${index}`, pin })),
    };
    t.notThrows(() => checkConfig(onBoard(name, values)));
    for (const pin of analog)
      t.notThrows(() => checkConfig(onBoard(name, { "sensors.0.hardware": probe(pin) })), `GPIO${pin}`);
  });

  if (!board.radio) continue;
  test(`${name}: no sensor and no actuator gets a pin of its radio`, (t) => {
    t.true(radioLinesOf(board).length >= 7);
    for (const [line, pin] of radioLinesOf(board)) {
      const problems = problemsOf(onBoard(name, { actuators: [{ name: "valve", pin }] }));
      t.true(
        problems.includes(
          `actuators[0].pin: ${pin}, expected another pin: GPIO${pin} on the ${board.title} is wired to the radio (${line})`,
        ),
        problems.join("\n"),
      );
    }
  });
}

/** What is refused on a board, or warned of, and why. */
const uses: [board: BoardName, values: Record<string, unknown>, about: RegExp, isWarning?: true][] = [
  ["heltec-v3", { "sensors.1.hardware": sht3x(17, 18) }, /hardware\.data: 17, .* GPIO17 .* is the display's I2C data$/],
  ["heltec-v3", { actuators: [{ name: "valve", pin: 36 }] }, /GPIO36 .* switches Vext, the supply of the display/],
  ["heltec-v3", { "sensors.1.hardware": sht3x(1, 42) }, /GPIO1 .* measures the battery$/],
  ["heltec-v3", { "sensors.1.hardware": sht3x(41, 35) }, /hardware\.clock: 35, .* GPIO35 .* drives the LED$/],
  ["heltec-v3", { chip: "esp32" }, /^chip: "esp32", expected "esp32s3", the chip of the Heltec WiFi LoRa 32 V3, or no/],
  ["lilygo-t3", { "sensors.0.hardware": probe(32) }, /GPIO32 .* is the radio's DIO2$/],
  ["lilygo-t3", { actuators: [{ name: "valve", pin: 21 }] }, /GPIO21 .* is the I2C data of the display$/],
  ["lilygo-t3", { "sensors.1.hardware": sht3x(22, 21) }, /hardware\.data: 22, .* is the I2C clock of the display$/],
  ["lilygo-t3", { actuators: [{ name: "valve", pin: 16 }] }, /GPIO16 .* the flash inside the ESP32-PICO-D4$/],
  ["lilygo-t3", { actuators: [{ name: "valve", pin: 13 }] }, /GPIO13 .* belongs to the SD card slot/, true],
  [
    "lilygo-t3",
    { "sensors.1.hardware": bmp280(60) },
    /sensor\.address: 60, expected another address than 60, .* display/,
  ],
  ["xiao-esp32c3-wio", { actuators: [{ name: "valve", pin: 2 }] }, /GPIO2 .* is the button's, which connects it to/],
  ["xiao-esp32s3-wio", { actuators: [{ name: "valve", pin: 19 }] }, /GPIO19 .* belongs to the USB connector$/],
  ["xiao-esp32s3-wio-kit", { actuators: [{ name: "valve", pin: 33 }] }, /GPIO33 .* PSRAM inside the ESP32-S3R8$/],
];

for (const [board, values, about, isWarning] of uses)
  test(`${board}: ${JSON.stringify(values)} is ${isWarning ? "warned of" : "refused"}`, (t) => {
    const description = onBoard(board, values);
    const texts = isWarning ? checkConfig(description).warnings : problemsOf(description);
    t.true(
      texts.some((text) => about.test(text)),
      texts.join("\n"),
    );
  });

/**
 * Radio pins in meshcore-dev/MeshCore variants/NAME/platformio.ini, which is written independently of the sources that the table of boards is from; D pins as in
 * espressif/arduino-esp32 variants/XIAO_ESP32C3/pins_arduino.h.
 */
const meshCore: Partial<Record<BoardName, Record<string, number>>> = {
  "heltec-v3": { clock: 9, dataOut: 10, dataIn: 11, select: 8, busy: 13, dio1: 14 },
  // Its RESET, 14, is not the others' 23: docs/boards.md.
  "lilygo-t3": { clock: 5, dataOut: 27, dataIn: 19, select: 18, dio0: 26, dio1: 33 },
  "xiao-esp32c3-wio": { select: 6, reset: 4, busy: 5, dio1: 3, rxEnable: 7 },
  "xiao-esp32s3-wio": { clock: 7, dataOut: 9, dataIn: 8, select: 5, reset: 3, busy: 4, dio1: 2, rxEnable: 6 },
  "xiao-esp32s3-wio-kit": { clock: 7, dataOut: 9, dataIn: 8, select: 41, reset: 42, busy: 40, dio1: 39, rxEnable: 38 },
};

test("a second firmware has the radios of the boards on the same pins", (t) => {
  for (const name of boardNames) {
    const pins = Object.fromEntries(radioLinesOf(boardOf(name)).map(([line, pin]) => [line, pin]));
    if (boardOf(name).radio) t.like(pins, meshCore[name]!, name);
  }
});

test("what a board measures and shows may be used as that: its battery's pin by an ADC, its LED by an actuator", (t) => {
  const values = { "sensors.0.hardware": probe(1), actuators: [{ name: "light", pin: 35 }] };
  t.deepEqual(problemsOf(onBoard("heltec-v3", values)), []);
});

test("keys of radio.board override those of the board, one by one; another radio chip has nothing of its wiring", (t) => {
  const limited = checkConfig(
    onBoard("heltec-v3", { "radio.board": { chip: "sx1262", maxPower: 14, pins: { frequency: 4_000_000 } } }),
  );
  t.like(limited.config.radio.board, {
    tcxoVoltage: 1.8,
    rfSwitch: "dio2",
    maxPower: 14,
    pins: { frequency: 4_000_000, busy: 13 },
  });
  const other = checkConfig(onBoard("heltec-v3", { "radio.board": { chip: "sx1276" } }));
  t.is(other.config.radio.board.pins, undefined);
  t.is(other.config.radio.board.tcxoVoltage, 0);
  t.deepEqual(problemsOf(onBoard("heltec-v3", { "radio.board": { pins: { clock: 17 } } })), [
    "radio.board.pins.clock: 17, expected another pin: GPIO17 on the Heltec WiFi LoRa 32 V3 is the display's I2C data",
  ]);
});

test("a board without a radio, and no board, need radio.board", (t) => {
  const missing = ["radio.board: missing, expected an object"];
  t.deepEqual(problemsOf(onBoard("esp32-devkitc", { "radio.board": undefined })), missing);
  t.deepEqual(problemsOf(withValues({ "radio.board": undefined })), missing);
});

test("an unknown board is refused with the names of those there are", (t) => {
  const [problem] = problemsOf({ ...example(), board: "heltec-v4" });
  t.is(problem, `board: "heltec-v4", expected one of ${boardNames.join(", ")}`);
});

test("rxEnable is a line of an SX126x's switch that DIO2 controls too, and of no SX127x's", (t) => {
  const pins = { clock: 5, dataOut: 27, dataIn: 19, select: 18, reset: 14, dio1: 33, rxEnable: 4 };
  const radio = (board: object) => problemsOf(withValues({ "radio.board": board }));
  t.deepEqual(radio({ chip: "sx1262", rfSwitch: "dio2", pins: { ...pins, busy: 32 } }), []);
  t.deepEqual(radio({ chip: "sx1262", pins: { ...pins, busy: 32 } }), [
    'radio.board.pins.rxEnable: 4, expected "rfSwitch": "pins" or "dio2" as well, without which the line is not used',
  ]);
  t.deepEqual(radio({ chip: "sx1276", pins: { ...pins, dio0: 32 } }), [
    'radio.board.pins.rxEnable: 4, expected "rfSwitch": "pins" as well, without which the line is not used',
  ]);
});

test("for editors nothing is required that the board may say", (t) => {
  const { definitions } = JSON.parse(editorSchema()) as { definitions: Record<string, { required?: string[] }> };
  t.false(definitions["RadioConfig"]!.required!.includes("board"));
  t.true(definitions["RadioConfig"]!.required!.includes("region"));
  t.deepEqual(definitions["Sx126xPins"]!.required, []);
  t.deepEqual(definitions["Sx126xBoard"]!.required, ["chip"]);
});
