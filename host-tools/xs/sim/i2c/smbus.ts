import Wire from "embedded:io/i2c";
import type SimulatedI2C from "./i2c.js";
import type { I2COptions } from "./i2c.js";

/** The board's I2C by the name that drivers use; it is the simulated one here. */
const I2C = Wire as unknown as typeof SimulatedI2C;

/** ECMA-419 SMBus over the simulated I2C: registers of one byte, words low byte first unless said otherwise. */
export default class SMBus {
  readonly #io: SimulatedI2C;

  constructor(options: I2COptions) {
    this.#io = new I2C(options);
  }

  close(): void {
    this.#io.close();
  }

  readUint8(register: number): number {
    return this.#from(register, 1)[0]!;
  }

  readUint16(register: number, isBigEndian = false): number {
    return new DataView(this.#from(register, 2).buffer as ArrayBuffer).getUint16(0, !isBigEndian);
  }

  /** A number: that many bytes in a new buffer. */
  readBuffer(register: number, what: number | ArrayBuffer | Uint8Array): ArrayBuffer {
    return this.#io.writeRead(Uint8Array.of(register), what);
  }

  writeUint8(register: number, value: number): void {
    this.#io.write(Uint8Array.of(register, value));
  }

  writeUint16(register: number, value: number, isBigEndian = false): void {
    const high = (value >> 8) & 255;
    this.#io.write(isBigEndian ? Uint8Array.of(register, high, value) : Uint8Array.of(register, value, high));
  }

  writeBuffer(register: number, buffer: ArrayBuffer | Uint8Array): void {
    const bytes = new Uint8Array(1 + buffer.byteLength);
    bytes[0] = register;
    bytes.set(buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : buffer, 1);
    this.#io.write(bytes);
  }

  sendByte(command: number): void {
    this.#io.write(Uint8Array.of(command));
  }

  receiveByte(): number {
    return new Uint8Array(this.#io.read(1))[0]!;
  }

  readQuick(): void {
    this.#io.read(0);
  }

  writeQuick(): void {
    this.#io.write(new Uint8Array(0));
  }

  read(what: number | ArrayBuffer | Uint8Array): ArrayBuffer {
    return this.#io.read(what);
  }

  write(bytes: ArrayBuffer | Uint8Array): void {
    this.#io.write(bytes);
  }

  writeRead(bytes: ArrayBuffer | Uint8Array, what: number | ArrayBuffer | Uint8Array): ArrayBuffer {
    return this.#io.writeRead(bytes, what);
  }

  get format(): "buffer" {
    return "buffer";
  }

  #from(register: number, count: number): Uint8Array {
    return new Uint8Array(this.readBuffer(register, count));
  }
}
