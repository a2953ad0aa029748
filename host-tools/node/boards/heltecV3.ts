import type { Board } from "./board.js";

/** Its USB connector leads to a CP2102. V3.2 has another transistor at the battery's divider than V3 and V3.1, to which `enable` applies. */
export const heltecV3: Board = {
  title: "Heltec WiFi LoRa 32 V3",
  chip: "esp32s3",
  flash: 8,
  usb: "uart",
  serial: { transmit: 43, receive: 44 },
  radio: {
    chip: "sx1262",
    pins: { clock: 9, dataOut: 10, dataIn: 11, select: 8, reset: 12, busy: 13, dio1: 14 },
    tcxoVoltage: 1.8,
    tcxoDelay: 5,
    regulator: "dcdc",
    rfSwitch: "dio2",
  },
  wired: {
    17: "is the display's I2C data",
    18: "is the display's I2C clock",
    21: "resets the display",
    37: "switches the battery's voltage divider",
    43: "leads to the USB serial chip",
    44: "leads to the USB serial chip",
  },
  shared: {},
  button: 0,
  led: 35,
  supply: { pin: 36, level: 0, name: "Vext, the supply of the display and of the pins Ve" },
  battery: { pin: 1, ratio: 4.9, enable: { pin: 37, level: 0 } },
  free: { i2c: { data: 41, clock: 42 }, analog: [2, 4, 5, 6, 7], outputs: [47, 48, 33, 34] },
  checked:
    "Arduino's, Zephyr's and Meshtastic's files for the board agree on the radio's pins, TCXO, DIO2, display, button, LED, Vext, the battery's pin, divider and its level. The schematic's drawing was not compared.",
  sources: [
    "https://resource.heltec.cn/download/WiFi_LoRa32_V3/HTIT-WB32LA(F)_V3_Schematic_Diagram.pdf",
    "espressif/arduino-esp32 variants/heltec_wifi_lora_32_V3/pins_arduino.h: radio, display, LED, Vext",
    "zephyrproject-rtos/zephyr boards/heltec/heltec_wifi_lora32_v3: TCXO of 1.8 V with 5 ms, DIO2, divider of 390 and 100 kOhm, flash",
    "meshtastic/firmware variants/esp32s3/heltec_v3/variant.h: battery",
  ],
};
