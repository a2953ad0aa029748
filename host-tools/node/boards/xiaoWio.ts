/** Seeed Studio XIAO with Wio-SX1262. Neither measures the battery's voltage. */
import type { Board, BoardRadio } from "./board.js";

const schematic = "https://files.seeedstudio.com/products/SenseCAP/Wio_SX1262/Wio-SX1262%20for%20XIAO%20V1.0_SCH.pdf";
const header =
  "meshtastic/firmware variants/nrf52840/seeed_xiao_nrf52840_kit/variant.h: D pins of Wio-SX1262 for XIAO (SKU 113010003)";
const usb = "belongs to the USB connector";
const memory = "is connected to the PSRAM inside the ESP32-S3R8";

/** DIO2 switches to the transmitter, RF_SW to the receiver. */
const wio = {
  chip: "sx1262",
  tcxoVoltage: 1.8,
  tcxoDelay: 5,
  regulator: "dcdc",
  rfSwitch: "dio2",
} as const satisfies BoardRadio;

export const xiaoEsp32c3: Board = {
  title: "Seeed Studio XIAO ESP32C3 with Wio-SX1262 for XIAO",
  chip: "esp32c3",
  flash: 4,
  usb: "own",
  radio: {
    ...wio,
    pins: { spi: 1, clock: 8, dataOut: 10, dataIn: 9, select: 6, reset: 4, busy: 5, dio1: 3, rxEnable: 7 },
  },
  wired: { 0: "is on no pin header", 1: "is on no pin header", 18: usb, 19: usb },
  shared: {},
  button: 2,
  sleepCurrent: { microamperes: 44, source: "https://wiki.seeedstudio.com/XIAO_ESP32C3_Getting_Started/" },
  free: { i2c: { data: 21, clock: 20 }, analog: [], outputs: [] },
  checked:
    "Meshtastic's file for this pair (variants/esp32c3/seeed_xiao_c3, XIAO_C3_loraNRF52), from Seeed's picture of the module's pins, and MeshCore's have the same radio pins, RF switch and TCXO as the table of D pins. The schematic's drawing was not compared.",
  sources: [
    schematic,
    header,
    "espressif/arduino-esp32 variants/XIAO_ESP32C3/pins_arduino.h: GPIO of the D pins",
    "meshcore-dev/MeshCore variants/xiao_c3/platformio.ini: radio, RF switch, TCXO",
  ],
};

/** Seeed's figure as quoted there; 11.9 µA were measured at 3.8 V in topic 276444 of the same forum. */
const forum = "https://forum.seeedstudio.com/t/xiao-esp32-c3-and-esp32-s3-deep-sleep-current-high/284207";

const xiaoEsp32s3 = {
  chip: "esp32s3",
  flash: 8,
  usb: "own",
  sleepCurrent: { microamperes: 14, source: forum },
} as const satisfies Partial<Board>;

const s3Pins = { 19: usb, 20: usb, 33: memory, 34: memory, 35: memory, 36: memory, 37: memory };
const s3Header = "espressif/arduino-esp32 variants/XIAO_ESP32S3/pins_arduino.h: GPIO of the D pins";

export const xiaoEsp32s3Header: Board = {
  ...xiaoEsp32s3,
  title: "Seeed Studio XIAO ESP32S3 with Wio-SX1262 for XIAO (on the pin headers)",
  radio: { ...wio, pins: { clock: 7, dataOut: 9, dataIn: 8, select: 5, reset: 3, busy: 4, dio1: 2, rxEnable: 6 } },
  wired: s3Pins,
  shared: {},
  button: 1,
  led: 21,
  free: { i2c: { data: 43, clock: 44 }, analog: [], outputs: [] },
  checked:
    "MeshCore's file for this pair, tried on it by its author (pull request 2383), and a user's pins for Meshtastic (issue 8409) have the same radio pins, RF switch and TCXO as the table of D pins. The module of the kit has the same name and other pins. The schematic's drawing was not compared.",
  sources: [
    schematic,
    header,
    s3Header,
    "meshcore-dev/MeshCore variants/xiao_s3/platformio.ini: radio, RF switch, TCXO, LED, free I2C pins",
    "https://github.com/meshtastic/firmware/issues/8409",
  ],
};

export const xiaoEsp32s3Kit: Board = {
  ...xiaoEsp32s3,
  title: "Seeed Studio XIAO ESP32S3 & Wio-SX1262 Kit (on the board-to-board connector)",
  radio: { ...wio, pins: { clock: 7, dataOut: 9, dataIn: 8, select: 41, reset: 42, busy: 40, dio1: 39, rxEnable: 38 } },
  wired: s3Pins,
  shared: {},
  button: 21,
  led: 48,
  free: { i2c: { data: 5, clock: 6 }, analog: [1, 2, 4], outputs: [43, 44] },
  checked:
    "Meshtastic's and MeshCore's files for this kit, whose firmwares run on it, agree on radio, RF switch, TCXO, LED and button. No schematic of the kit was found.",
  sources: [
    "meshtastic/firmware variants/esp32s3/seeed_xiao_s3/variant.h: radio, RF switch, TCXO, LED, button",
    "meshcore-dev/MeshCore variants/xiao_s3_wio/platformio.ini: the same",
    s3Header,
  ],
};
