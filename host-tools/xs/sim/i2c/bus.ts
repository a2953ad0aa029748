import type { SupplySim } from "sim/supply";

/** A register-level chip model on the simulated board's I2C bus. */
export interface Chip {
  /** @returns whether the chip acknowledged */
  write(bytes: Uint8Array): boolean;
  /** Fills the buffer. @returns whether the chip acknowledged */
  read(into: Uint8Array): boolean;
}

interface Attached {
  chip: Chip;
  supply: SupplySim | undefined;
}

// Created at first use: a preloaded module's collections are in flash and read-only.
let chips: Map<number, Attached> | undefined;
const attached = () => (chips ??= new Map<number, Attached>());

/** The chips on the bus, by address. */
const bus = {
  /** @param supply without it, and while it warms up, the chip does not acknowledge */
  attach(address: number, chip: Chip, supply?: SupplySim): void {
    attached().set(address, { chip, supply });
  },
  detach(address: number): void {
    attached().delete(address);
  },
  at(address: number): Chip | undefined {
    const found = attached().get(address);
    return found?.supply?.isWarm === false ? undefined : found?.chip;
  },
};

export default bus;
