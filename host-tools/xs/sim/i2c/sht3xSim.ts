import type { Chip } from "sim/i2cbus";
import Time from "time";

/**
 * A command-level SHT3x (datasheet sections 4.3, 4.9, 4.11 and 4.12): a measurement is ready 15.5 ms after its command, and can be read once; the status register
 * is 0. With clock stretching (0x2C06) a read waits, here at once.
 */
export class Sht3xSim implements Chip {
  temperature = 20;
  humidity = 50;
  /** Words with a wrong checksum from now on: 0 the temperature's, 1 the humidity's. */
  wrong: number | undefined;
  /** Ticks at the command of a measurement that was not read yet. */
  #began: number | undefined;
  /** A read waits for the measurement, as its command said; or it is one of the status register. */
  #stretches = false;
  #isStatus = false;

  write(bytes: Uint8Array): boolean {
    if (bytes.length !== 2) return false;
    const command = (bytes[0]! << 8) | bytes[1]!;
    this.#isStatus = command === 0xf32d;
    this.#stretches = command === 0x2c06;
    if (command === 0x2400 || command === 0x2c06) this.#began = Time.ticks;
    return [0x2400, 0x2c06, 0x3093, 0x30a2, 0x3041, 0xf32d].includes(command);
  }

  read(into: Uint8Array): boolean {
    if (this.#isStatus) {
      into.set([0, 0, remainder(0)]);
      return true;
    }
    if (this.#began === undefined || (!this.#stretches && (Time.ticks - this.#began) >>> 0 < 15.5)) return false;
    this.#began = undefined;
    [((this.temperature + 45) / 175) * 65535, (this.humidity / 100) * 65535].forEach((value, index) => {
      const raw = Math.round(value);
      const high = raw >> 8;
      const low = raw & 255;
      into.set([high, low, remainder((high << 16) | (low << 8)) ^ (this.wrong === index ? 1 : 0)], 3 * index);
    });
    return true;
  }
}

/** The checksum by long division of the whole message by x^8+x^5+x^4+1; the initial 0xFF is added to the first byte. */
function remainder(message: number): number {
  let rest = message ^ 0xff0000;
  for (let bit = 23; bit >= 8; bit--) if (rest & (1 << bit)) rest ^= 0x131 << (bit - 8);
  return rest;
}
