/** A register-level chip model on the simulated board's I2C bus. */
export interface Chip {
  /** @returns whether the chip acknowledged */
  write(bytes: Uint8Array): boolean;
  /** Fills the buffer. @returns whether the chip acknowledged */
  read(into: Uint8Array): boolean;
}

// Created at first use: a preloaded module's collections are in flash and read-only.
let chips: Map<number, Chip> | undefined;
const attached = () => (chips ??= new Map<number, Chip>());

/** The chips on the bus, by address. */
const bus = {
  attach(address: number, chip: Chip): void {
    attached().set(address, chip);
  },
  detach(address: number): void {
    attached().delete(address);
  },
  at(address: number): Chip | undefined {
    return attached().get(address);
  },
};

export default bus;
