/** A chip on the simulated board's I2C bus, at the level of its registers or commands. */
export interface Chip {
  /** @returns whether the chip acknowledged */
  write(bytes: Uint8Array): boolean;
  /** Fills the buffer. @returns whether the chip acknowledged */
  read(into: Uint8Array): boolean;
}

// Made at first use: a preloaded module's collections are in flash and cannot change.
let chips: Map<number, Chip> | undefined;
const attached = () => (chips ??= new Map<number, Chip>());

/** What hangs on the bus, by address. */
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
