import { Uptime } from "uptime";
import type { Reading } from "../types.js";
import type { Axis, Lis3dhHardware } from "../../config.js";
import { lis3dhFullScale } from "./sensordefaults.js";
import type { I2CBus, I2COptions } from "./io.js";
import * as chip from "./lis3dhConstants.js";
import { Resampler } from "./resampler.js";

/** ECMA-419's accelerometer sample, m/s²: the newest values; an axis that is not enabled is 0. */
export interface AccelerometerSample {
  x: number;
  y: number;
  z: number;
  /** All samples since the last call, of each enabled axis. */
  samples: readonly Reading[];
}

export interface Lis3dhOptions {
  /** Hz, from 4 to 100. */
  rate?: number;
  /** Full scale, g. */
  range?: NonNullable<Lis3dhHardware["fullScale"]>;
  /** The chip's high-pass filter removes gravity and slow movement. */
  highPass?: boolean;
  /** The axes to measure. */
  enable?: readonly Axis[];
}

const axes = { x: 0, y: 2, z: 4 } as const;

/**
 * Acceleration by ST's LIS3DH over I2C. The chip measures at the
 * next higher output data rate (64 Hz: 100 Hz) into its FIFO in stream mode; a resampler converts that to the node's rate.
 * Call `sample` at least every 250 ms: after 32 samples the FIFO is full.
 */
export class LIS3DH {
  #io: I2CBus | undefined;
  #enabled: readonly Axis[] = ["x", "y", "z"];
  #fullScale: (typeof chip.fullScales)[2 | 4 | 8 | 16] = chip.fullScales[lis3dhFullScale];
  #highPass = false;
  readonly #select = new Uint8Array(1);
  readonly #setting = new Uint8Array(2);
  readonly #answer = new Uint8Array(1);
  // One view per number of samples, allocated once: a read fills its whole buffer.
  readonly #bursts: Uint8Array[];
  #sample: AccelerometerSample = { x: 0, y: 0, z: 0, samples: [] };
  #rate = 0;
  #inputRate = 0;
  #resampler: Resampler | undefined;
  readonly #uptime = new Uptime();
  #since = 0;
  #given = 0;

  /** @throws when no LIS3DH answers */
  constructor(options: { sensor: I2COptions }) {
    const { io: IO, ...wiring } = options.sensor;
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

  /** Starts measuring with these settings; the ones that are not given stay as they are. @throws RangeError for a rate that the chip has not */
  configure(options: Lis3dhOptions): void {
    const { rate = this.#rate, range, highPass = this.#highPass, enable = this.#enabled } = options;
    const output = chip.outputRates.find(([hz]) => hz >= rate);
    if (!output || !(rate >= 4)) throw new RangeError(`LIS3DH: rate ${rate} Hz, must be from 4 to 100`);
    this.#rate = rate;
    this.#inputRate = output[0];
    if (range !== undefined) this.#fullScale = chip.fullScales[range];
    this.#highPass = highPass;
    this.#enabled = enable;
    this.#sample = {
      x: 0,
      y: 0,
      z: 0,
      samples: enable.map(() => ({ count: 0, values: new Float32Array(chip.fifoDepth) })),
    };
    this.#resampler = new Resampler(this.#inputRate, rate, enable.length);
    this.#set(chip.controlReg1, output[1] | chip.allAxes);
    this.#set(chip.controlReg2, highPass ? chip.withoutGravity : chip.noFilter);
    this.#set(chip.controlReg4, chip.blockDataUpdate | this.#fullScale.code);
    this.#set(chip.controlReg5, chip.fifoOn);
    if (highPass) this.#get(chip.reference);
    this.#restart();
  }

  /** In an object that the next call reuses. Undefined when there is nothing new, the chip did not answer, or samples were lost: then the rest is discarded. */
  sample(): AccelerometerSample | undefined {
    if (!this.#io) throw new Error("LIS3DH: closed");
    if (!this.#resampler) throw new Error("LIS3DH: not configured");
    try {
      const state = this.#get(chip.fifoSource);
      const isFull = (state & chip.overrun) !== 0;
      const count = isFull ? chip.fifoDepth : state & chip.empty ? 0 : state & chip.unread;
      // A quarter of a sample early: this may take some ms, and the reader's clock runs on.
      const due = Math.floor(((this.#uptime.now - this.#since) * this.#rate) / 1000 + 0.25);
      const wanted = due - this.#given;
      const made = (wanted * this.#inputRate) / this.#rate;
      // Hardly any samples: the chip has lost its settings. Full, and more were made than fit: samples were lost.
      if (wanted > chip.fifoDepth || (isFull && made > chip.fifoDepth + 1) || count < 0.5 * made) {
        this.#restart();
        return undefined;
      }
      this.#take(count);
      this.#given = due;
      return this.#give(this.#resampler, wanted);
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
    this.#resampler?.reset();
    this.#since = this.#uptime.now;
    this.#given = 0;
  }

  #take(count: number): void {
    if (count === 0) return;
    const bytes = this.#bursts[count - 1]!;
    this.#read(chip.outputs | chip.countUp, bytes);
    for (let i = 0; i < this.#enabled.length; i++)
      this.#resampler!.put(i, bytes.buffer, axes[this.#enabled[i]!], 6, count);
    this.#resampler!.next(count);
  }

  #give(resampler: Resampler, wanted: number): AccelerometerSample | undefined {
    const { samples } = this.#sample;
    // 10 bits, left-justified in 16.
    resampler.pull(samples, wanted, ((this.#fullScale.mg / 1000) * chip.gravity) / 64);
    for (let i = 0; i < samples.length; i++) {
      samples[i]!.count = wanted;
      if (wanted > 0) this.#sample[this.#enabled[i]!] = samples[i]!.values[wanted - 1]!;
    }
    return wanted > 0 ? this.#sample : undefined;
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
