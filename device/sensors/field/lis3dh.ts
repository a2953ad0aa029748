import Time from "time";
import type { Reading } from "../types.js";
import type { Lis3dhHardware } from "../../config.js";
import { lis3dhFullScale } from "./sensordefaults.js";
import type { I2CBus, I2COptions } from "./io.js";
import * as chip from "./lis3dhConstants.js";
import { Resampler } from "./resampler.js";

const axes = { x: 0, y: 2, z: 4 } as const;

/**
 * Vibration by ST's LIS3DH over I2C, one axis, gravity removed by the chip's high-pass filter. The chip measures at the
 * next higher output data rate (64 Hz: 100 Hz) into its FIFO in stream mode; a resampler converts that to the node's rate.
 * Call `sample` at least every 250 ms: after 32 samples the FIFO is full.
 */
export class LIS3DH {
  #io: I2CBus | undefined;
  readonly #axis: number;
  readonly #fullScale: (typeof chip.fullScales)[2 | 4 | 8 | 16];
  readonly #select = new Uint8Array(1);
  readonly #setting = new Uint8Array(2);
  readonly #answer = new Uint8Array(1);
  // One view per number of samples, allocated once: a read fills its whole buffer.
  readonly #bursts: Uint8Array[];
  readonly #reading: Reading = { count: 0, values: new Float32Array(chip.fifoDepth) };
  #rate = 0;
  #inputRate = 0;
  #resampler: Resampler | undefined;
  #since = 0;
  #given = 0;

  /** @throws when no LIS3DH answers */
  constructor(options: { sensor: I2COptions } & Pick<Lis3dhHardware, "axis" | "fullScale">) {
    const { io: IO, ...wiring } = options.sensor;
    this.#axis = axes[options.axis];
    this.#fullScale = chip.fullScales[options.fullScale ?? lis3dhFullScale];
    const fifo = new ArrayBuffer(6 * chip.fifoDepth);
    this.#bursts = Array.from({ length: chip.fifoDepth }, (_, i) => new Uint8Array(fifo, 0, 6 * (i + 1)));
    this.#io = new IO(wiring);
    try {
      const found = this.#get(chip.whoAmI);
      if (found !== chip.identity)
        throw new Error(
          `LIS3DH: register WHO_AM_I at address ${wiring.address} is ${found}, a LIS3DH has ${chip.identity}`,
        );
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Starts measuring. @param options rate: Hz, at most 100 @throws RangeError for another rate */
  configure({ rate }: { rate: number }): void {
    const output = chip.outputRates.find(([hz]) => hz >= rate);
    if (!output || !(rate >= 4)) throw new RangeError(`LIS3DH: rate ${rate} Hz, must be from 4 to 100`);
    this.#rate = rate;
    this.#inputRate = output[0];
    this.#set(chip.controlReg1, output[1] | chip.allAxes);
    this.#set(chip.controlReg2, chip.withoutGravity);
    this.#set(chip.controlReg4, chip.blockDataUpdate | this.#fullScale.code);
    this.#set(chip.controlReg5, chip.fifoOn);
    this.#get(chip.reference);
    this.#restart();
  }

  /** The samples since the last call; undefined when the chip did not answer, or samples were lost: then the rest is discarded. */
  sample(): Reading | undefined {
    if (!this.#io) throw new Error("LIS3DH: closed");
    try {
      const state = this.#get(chip.fifoSource);
      if (state & chip.overrun) {
        this.#restart();
        return undefined;
      }
      const count = state & chip.empty ? 0 : state & chip.unread;
      const due = Math.floor(((Time.ticks - this.#since) * this.#rate) / 1000 + 0.05);
      const wanted = due - this.#given;
      // Hardly any samples: the chip has lost its settings. More than fit: the call is late.
      if (wanted > this.#reading.values.length || count < (0.5 * wanted * this.#inputRate) / this.#rate) {
        this.#restart();
        return undefined;
      }
      this.#take(count);
      this.#given = due;
      this.#reading.count = wanted;
      this.#resampler?.pull(this.#reading.values, wanted);
      return wanted > 0 ? this.#reading : undefined;
    } catch {
      return undefined;
    }
  }

  /** Powers the chip down. May be called twice. */
  close(): void {
    const io = this.#io;
    if (!io) return;
    try {
      if (this.#rate) this.#set(chip.controlReg1, 0);
    } catch {
      // A chip that does not answer cannot be powered down.
    }
    this.#io = undefined;
    io.close();
  }

  #restart(): void {
    this.#set(chip.fifoControl, chip.bypassMode);
    this.#set(chip.fifoControl, chip.streamMode);
    this.#resampler = new Resampler(this.#inputRate, this.#rate);
    this.#since = Time.ticks;
    this.#given = 0;
  }

  #take(count: number): void {
    if (count === 0) return;
    const bytes = this.#bursts[count - 1]!;
    this.#read(chip.outputs | chip.countUp, bytes);
    // 10 bits, left-justified in 16.
    const scale = ((this.#fullScale.mg / 1000) * chip.gravity) / 64;
    for (let at = this.#axis; at < bytes.length; at += 6)
      this.#resampler?.push((((bytes[at + 1]! << 24) >> 16) | bytes[at]!) * scale);
  }

  #read(register: number, into: Uint8Array): void {
    this.#select[0] = register;
    this.#io!.write(this.#select);
    this.#io!.read(into);
  }

  #get(register: number): number {
    this.#read(register, this.#answer);
    return this.#answer[0]!;
  }

  #set(register: number, value: number): void {
    this.#setting[0] = register;
    this.#setting[1] = value;
    this.#io!.write(this.#setting);
  }
}
