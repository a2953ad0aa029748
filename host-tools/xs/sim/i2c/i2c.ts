import bus, { type Chip } from "sim/i2cbus";

export interface I2COptions {
  data: number;
  clock: number;
  hz: number;
  address: number;
}

// Created at first use: a preloaded module's collections are in flash and read-only.
let usedAddresses: Set<number> | undefined;
const inUse = () => (usedAddresses ??= new Set<number>());

const bytesOf = (what: ArrayBuffer | ArrayBufferView): Uint8Array =>
  what instanceof ArrayBuffer ? new Uint8Array(what) : new Uint8Array(what.buffer, what.byteOffset, what.byteLength);

/** ECMA-419 I2C on the simulated board's bus. As on the board, an address can be opened once, and a chip that does not acknowledge is an error. */
export default class I2C {
  #address: number | undefined;

  constructor({ data, clock, hz, address }: I2COptions) {
    for (const [name, value] of [
      ["data", data],
      ["clock", clock],
      ["hz", hz],
    ] as const)
      if (!Number.isInteger(value) || value < 0)
        throw new RangeError(`I2C: ${name} ${value}: must be a whole number, 0 or more`);
    if (!Number.isInteger(address) || address < 0 || address > 127)
      throw new RangeError(`I2C: address ${address}: must be from 0 to 127`);
    if (inUse().has(address)) throw new RangeError(`I2C: address ${address} is in use`);
    inUse().add(address);
    this.#address = address;
  }

  write(what: ArrayBuffer | Uint8Array): void {
    if (!this.#chip()?.write(bytesOf(what)))
      throw new Error(`I2C: write failed, no acknowledgement from address ${this.#address}`);
  }

  read(what: number | ArrayBuffer | Uint8Array): ArrayBuffer {
    const bytes = typeof what === "number" ? new Uint8Array(what) : bytesOf(what);
    if (!this.#chip()?.read(bytes))
      throw new Error(`I2C: read failed, no acknowledgement from address ${this.#address}`);
    return bytes.buffer as ArrayBuffer;
  }

  /** The SDK's: without a stop condition between the two. */
  writeRead(bytes: ArrayBuffer | Uint8Array, what: number | ArrayBuffer | Uint8Array): ArrayBuffer {
    this.write(bytes);
    return this.read(what);
  }

  close(): void {
    if (this.#address !== undefined) inUse().delete(this.#address);
    this.#address = undefined;
  }

  #chip(): Chip | undefined {
    if (this.#address === undefined) throw new Error("I2C: closed");
    return bus.at(this.#address);
  }

  get format(): "buffer" {
    return "buffer";
  }
}
