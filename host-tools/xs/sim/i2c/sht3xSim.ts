import type { Chip } from "sim/i2cbus";
import Time from "time";

/** A command-level SHT3x (datasheet sections 4.3 and 4.12): a measurement is ready 15.5 ms after its command, and can be read once. */
export class Sht3xSim implements Chip {
  temperature = 20;
  humidity = 50;
  /** Words with a wrong checksum from now on: 0 the temperature's, 1 the humidity's. */
  wrong: number | undefined;
  /** Ticks at the command of a measurement that was not read yet. */
  #began: number | undefined;

  write(bytes: Uint8Array): boolean {
    if (bytes.length !== 2) return false;
    const command = (bytes[0]! << 8) | bytes[1]!;
    if (command === 0x2400) this.#began = Time.ticks;
    return command === 0x2400 || command === 0x3093;
  }

  read(into: Uint8Array): boolean {
    if (this.#began === undefined || (Time.ticks - this.#began) >>> 0 < 15.5) return false;
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
