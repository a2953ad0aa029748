import type { Chip } from "sim/i2cbus";
import Time from "time";

/** °/s of each full scale, FS_SEL 0 to 3; and g, AFS_SEL 0 to 3 (MPU-6000/MPU-6050 register map, 4.4 and 4.5). */
const gyroscopeScales = [250, 500, 1000, 2000];
const accelerometerScales = [2, 4, 8, 16];

/** A register-level MPU-6050 (register map RM-MPU-6000A): the registers of data hold the values of the moment of the read. */
export class Mpu6050Sim implements Chip {
  readonly registers = new Uint8Array(128);
  /** m/s² and °/s on the three axes at a time in seconds. */
  world: (time: number) => { acceleration: number[]; rotation: number[] } = () => ({
    acceleration: [0, 0, 9.80665],
    rotation: [0, 0, 0],
  });
  #pointer = 0;

  constructor() {
    this.#reset();
  }

  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0]!;
    for (let i = 1; i < bytes.length; i++) {
      // 4.30: DEVICE_RESET.
      if (this.#pointer === 0x6b && bytes[i]! & 0x80) this.#reset();
      else this.registers[this.#pointer] = bytes[i]!;
      this.#pointer = (this.#pointer + 1) & 127;
    }
    return true;
  }

  read(into: Uint8Array): boolean {
    // 4.30: asleep after a reset, with the registers of data at 0.
    if (!(this.registers[0x6b]! & 0x40)) this.#measure();
    for (let i = 0; i < into.length; i++) {
      into[i] = this.registers[this.#pointer]!;
      this.#pointer = (this.#pointer + 1) & 127;
    }
    return true;
  }

  #reset(): void {
    this.registers.fill(0);
    this.registers[0x6b] = 0x40;
    this.registers[0x75] = 0x68;
  }

  #measure(): void {
    const { acceleration, rotation } = this.world(Time.ticks / 1000);
    const g = accelerometerScales[(this.registers[0x1c]! >> 3) & 3]!;
    const degrees = gyroscopeScales[(this.registers[0x1b]! >> 3) & 3]!;
    for (let axis = 0; axis < 3; axis++) {
      this.#put(0x3b + 2 * axis, acceleration[axis]! / 9.80665 / g);
      this.#put(0x43 + 2 * axis, rotation[axis]! / degrees);
    }
  }

  /** Of full scale, 16 bits, high byte first. */
  #put(register: number, share: number): void {
    const raw = Math.max(-32768, Math.min(32767, Math.round(share * 32768)));
    this.registers[register] = (raw >> 8) & 255;
    this.registers[register + 1] = raw & 255;
  }
}
