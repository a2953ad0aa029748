import type { Chip } from "sim/i2cbus";

/** A BMP280 that measures the example of its data sheet (BST-BMP280-DS001, 3.12): 25.08 °C and 1006.53 hPa. */
export class Bmp280Sim implements Chip {
  readonly #registers = new Uint8Array(256);
  #pointer = 0;

  constructor() {
    const view = new DataView(this.#registers.buffer);
    // 3.11.2: dig_T1 to dig_P9, low byte first.
    [27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000].forEach((value, index) =>
      view.setInt16(0x88 + 2 * index, value, true),
    );
    this.#registers[0xd0] = 0x58;
    // 4.3.6 and 4.3.7: 20 bits, left-justified in three bytes.
    [415148, 519888].forEach((raw, index) => {
      view.setUint16(0xf7 + 3 * index, raw >> 4);
      view.setUint8(0xf9 + 3 * index, (raw & 15) << 4);
    });
  }

  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0]!;
    // Only the registers that may be written: 0xE0 resets, 0xF4 and 0xF5 hold settings.
    if (bytes.length === 2 && (this.#pointer === 0xf4 || this.#pointer === 0xf5))
      this.#registers[this.#pointer] = bytes[1]!;
    return true;
  }

  read(into: Uint8Array): boolean {
    for (let i = 0; i < into.length; i++) into[i] = this.#registers[(this.#pointer + i) & 255]!;
    return true;
  }
}
