import type { I2CBus, I2COptions } from "./io.js";
import { breakPeriodic, celsius, crcInitial, crcPolynomial, measureHigh, relativeHumidity } from "./sht3xConstants.js";

/** ECMA-419's compound sample. A value whose checksum was wrong is undefined. */
export interface Sht3xSample {
  /** °C */
  thermometer: { temperature: number | undefined };
  /** %RH */
  hygrometer: { humidity: number | undefined };
}

/** CRC-8 of two bytes from `at` on (datasheet, section 4.12). */
export function crc8(bytes: Uint8Array, at: number): number {
  let crc = crcInitial;
  for (let i = at; i < at + 2; i++) {
    crc ^= bytes[i]!;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ crcPolynomial) & 0xff : crc << 1;
  }
  return crc;
}

/**
 * Temperature and humidity by Sensirion's SHT3x over I2C. Each `sample` reads the measurement that the previous one started, so
 * it never waits: a reading is as old as the time between two calls, which must be more than 15.5 ms.
 */
export class SHT3x {
  #io: I2CBus | undefined;
  readonly #command = new Uint8Array(2);
  readonly #bytes = new Uint8Array(6);
  readonly #sample: Sht3xSample = { thermometer: { temperature: undefined }, hygrometer: { humidity: undefined } };

  /** @throws when no chip answers */
  constructor(options: { sensor: I2COptions }) {
    const { io: IO, ...wiring } = options.sensor;
    this.#io = new IO(wiring);
    try {
      this.#write(breakPeriodic);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Starts the first measurement. */
  configure(_options: object = {}): void {
    this.#write(measureHigh);
  }

  /** @returns the last measurement, in an object that the next call reuses; undefined when there is none */
  sample(): Sht3xSample | undefined {
    const bytes = this.#bytes;
    let hasRead = false;
    try {
      // The chip does not acknowledge a read when it has no measurement.
      this.#open().read(bytes);
      hasRead = true;
    } catch {
      // Start the next measurement all the same: it may succeed.
    }
    try {
      this.#write(measureHigh);
    } catch {
      // The next call finds no measurement and returns undefined.
    }
    if (!hasRead) return undefined;
    const { thermometer, hygrometer } = this.#sample;
    thermometer.temperature = crc8(bytes, 0) === bytes[2] ? celsius((bytes[0]! << 8) | bytes[1]!) : undefined;
    hygrometer.humidity = crc8(bytes, 3) === bytes[5] ? relativeHumidity((bytes[3]! << 8) | bytes[4]!) : undefined;
    return this.#sample;
  }

  /** May be called twice. */
  close(): void {
    const io = this.#io;
    this.#io = undefined;
    io?.close();
  }

  #open(): I2CBus {
    if (!this.#io) throw new Error("SHT3x: closed");
    return this.#io;
  }

  #write(command: number): void {
    this.#command[0] = command >> 8;
    this.#command[1] = command & 0xff;
    this.#open().write(this.#command);
  }
}
