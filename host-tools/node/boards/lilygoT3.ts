import type { Board } from "./board.js";

/** With the crystal. The version with a TCXO is another board: there GPIO33 enables the TCXO, and DIO1 is not connected. */
export const lilygoT3: Board = {
  title: "LILYGO T3 V1.6 or V1.6.1 (SX1276, 868 or 915 MHz)",
  chip: "esp32",
  flash: 4,
  usb: "uart",
  serial: { transmit: 1, receive: 3 },
  radio: {
    chip: "sx1276",
    pins: { clock: 5, dataOut: 27, dataIn: 19, select: 18, reset: 23, dio0: 26, dio1: 33 },
    paPin: "boost",
  },
  wired: {
    1: "leads to the USB serial chip",
    3: "leads to the USB serial chip",
    16: "is connected to the flash inside the ESP32-PICO-D4",
    17: "is connected to the flash inside the ESP32-PICO-D4",
    32: "is the radio's DIO2",
  },
  shared: {
    2: "belongs to the SD card slot, and is free only without a card",
    13: "belongs to the SD card slot, and is free only without a card",
    14: "belongs to the SD card slot, and is free only without a card",
    15: "belongs to the SD card slot, and is free only without a card",
  },
  i2c: { data: 21, clock: 22, chips: { 0x3c: "the display" } },
  led: 25,
  battery: { pin: 35, ratio: 2 },
  free: { i2c: { data: 21, clock: 22 }, analog: [34, 36, 39], outputs: [4, 13, 14] },
  checked:
    "LILYGO's table of pins, Arduino's and Meshtastic's files, and ESPHome's page of the board agree on the radio's pins, display, LED and battery; DIO0, which LILYGO's table leaves out, is 26 in the others. The text of LILYGO's schematic (schematic/T3_V3.0.pdf, titled T3_V1.6.1) confirms the ESP32-PICO-D4, its flash pins and the SD card's; its radio lines were not legible. Zephyr's lilygo/ttgo_lora32 has DIO1 at 35 and DIO2 at 34, which are those of a Heltec V2: LILYGO's 33 and 32 are taken. MeshCore's variants/lilygo_tlora_v2_1 has RESET at 14, the SD card's clock: LILYGO's, Arduino's and Meshtastic's 23 is taken.",
  sources: [
    "https://github.com/Xinyuan-LilyGO/LilyGo-LoRa-Series/blob/master/schematic/T3_V1.6.1.pdf",
    "Xinyuan-LilyGO/LilyGo-LoRa-Series docs/en/t3_v161_sx1276/t3_v161_sx1276_hw.md: pins, ESP32-PICO-D4, flash",
    "espressif/arduino-esp32 variants/ttgo-lora32-v21new/pins_arduino.h: DIO0, SD card",
    "meshtastic/firmware variants/esp32/tlora_v2_1_16/variant.h: battery's divider of 100 and 100 kOhm, the version with a TCXO",
    "ESP32-PICO-D4 Datasheet, section 2.2: pins of the flash",
  ],
};
