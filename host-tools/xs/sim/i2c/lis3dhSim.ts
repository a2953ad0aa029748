import type { Chip } from "sim/i2cbus";
import Time from "time";

const outputRates = [0, 1, 10, 25, 50, 100, 200, 400];

/** A register-level LIS3DH (datasheet section 8) with FIFO in stream mode: 32 samples deep, the oldest is lost when it is full. */
export class Lis3dhSim implements Chip {
  readonly registers = new Uint8Array(64);
  /** m/s² on the three axes at a time in seconds, gravity included. */
  world: (time: number) => [x: number, y: number, z: number] = () => [0, 0, 9.80665];
  /** Its clock's rate relative to true time. */
  speed = 1;
  #fifo: [number, number, number][] = [];
  #overrun = false;
  #pointer = 0;
  #startTime = 0;
  #made = 0;
  #ticks = Time.ticks;
  #elapsed = 0;
  /** Of the high-pass filter: its last input and output. */
  #input: [number, number, number] = [0, 0, 0];
  #output: [number, number, number] = [0, 0, 0];

  constructor() {
    this.registers[0x0f] = 0x33;
    this.registers[0x20] = 0x07;
  }

  /** ms; Time.ticks wraps. */
  get #now(): number {
    const ticks = Time.ticks;
    this.#elapsed += (ticks - this.#ticks) >>> 0;
    this.#ticks = ticks;
    return this.#elapsed;
  }

  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0]!;
    if (bytes.length > 1) {
      this.#run();
      const register = this.#pointer & 0x3f;
      this.registers[register] = bytes[1]!;
      if (register === 0x20 || (register === 0x2e && bytes[1]! >> 6 === 0)) this.#empty();
    }
    return true;
  }

  read(into: Uint8Array): boolean {
    this.#run();
    let register = this.#pointer & 0x3f;
    for (let i = 0; i < into.length; i++) {
      into[i] = this.#value(register);
      if (this.#pointer & 0x80) register = register === 0x2d ? 0x28 : register + 1;
    }
    return true;
  }

  #value(register: number): number {
    if (register === 0x26) this.#settle();
    if (register === 0x2f)
      return (this.#overrun ? 0x40 : 0) | (this.#fifo.length === 0 ? 0x20 : 0) | Math.min(31, this.#fifo.length);
    if (register < 0x28 || register > 0x2d) return this.registers[register]!;
    const raw = this.#fifo[0]?.[(register - 0x28) >> 1] ?? 0;
    if (register === 0x2d) {
      this.#fifo.shift();
      this.#overrun = false;
    }
    return register & 1 ? (raw >> 8) & 255 : raw & 255;
  }

  /** Reading the reference sets the filter to the acceleration of now. */
  #settle(): void {
    this.#input = this.world(this.#now / 1000);
    this.#output = [0, 0, 0];
  }

  /** First order, with its corner at a 200th of the output rate (AN3308, table 14, HPCF 10). */
  #filter(at: [number, number, number]): [number, number, number] {
    const keep = Math.exp((-2 * Math.PI) / 200);
    for (let axis = 0; axis < 3; axis++)
      this.#output[axis] = keep * this.#output[axis]! + ((1 + keep) / 2) * (at[axis]! - this.#input[axis]!);
    this.#input = at;
    return this.#output;
  }

  #empty(): void {
    this.#fifo = [];
    this.#overrun = false;
    this.#startTime = this.#now;
    this.#made = 0;
  }

  /** Takes the samples that are due; in stream mode they go into the FIFO. */
  #run(): void {
    const rate = outputRates[this.registers[0x20]! >> 4]! * this.speed;
    const due = Math.floor(((this.#now - this.#startTime) * rate) / 1000);
    const isStream = (this.registers[0x24]! & 0x40) !== 0 && this.registers[0x2e]! >> 6 === 2;
    const filter = this.registers[0x21]! & 0x08;
    const milliG = [4, 8, 16, 48][(this.registers[0x23]! >> 4) & 3]!;
    for (; this.#made < due; this.#made++) {
      if (!isStream) continue;
      const at = this.world(this.#startTime / 1000 + (this.#made + 1) / rate);
      const raw = (filter ? this.#filter(at) : at).map(
        (value) => Math.max(-512, Math.min(511, Math.round((value / 9.80665 / milliG) * 1000))) * 64,
      );
      if (this.#fifo.length === 32) this.#fifo.shift();
      this.#fifo.push(raw as [number, number, number]);
      if (this.#fifo.length === 32) this.#overrun = true;
    }
  }
}
