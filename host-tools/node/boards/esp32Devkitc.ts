import type { Board } from "./board.js";

export const esp32Devkitc: Board = {
  title: "ESP32-DevKitC V4, or another board with an ESP32-WROOM-32, and a radio module of your own",
  chip: "esp32",
  flash: 4,
  usb: "uart",
  serial: { transmit: 1, receive: 3 },
  wired: { 1: "leads to the USB serial chip", 3: "leads to the USB serial chip" },
  shared: {},
  button: 0,
  free: { i2c: { data: 21, clock: 22 }, analog: [34, 35, 36, 39], outputs: [25, 26, 13] },
  checked:
    "Nothing of the radio is the board's. Button and serial chip are as in Espressif's guide to the board; the schematic's drawing was not compared.",
  sources: ["https://dl.espressif.com/dl/schematics/esp32_devkitc_v4-sch.pdf"],
};
