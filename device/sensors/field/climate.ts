import type { NodeSensor, Reading } from "../types.js";
import type { I2COptions } from "./io.js";
import { SHT3x, type Sht3xReading } from "./sht3x.js";

type Quantity = keyof Sht3xReading;

/** One SHT3x shared by two sensors of the node: opened by the first, closed by the last. */
class SharedChip {
  readonly chip: SHT3x;
  readonly users = new Set<ClimateSensor>();
  reading: Sht3xReading | undefined;
  serial = 0;

  constructor(sensor: I2COptions) {
    this.chip = new SHT3x({ sensor });
  }

  fetch(): void {
    this.reading = this.chip.sample();
    this.serial++;
  }
}

// Created at first use: a preloaded module's collections are in flash and read-only.
let shared: Map<string, SharedChip> | undefined;

/** Temperature or humidity of a chip that measures both at once. */
class ClimateSensor implements NodeSensor {
  readonly #key: string;
  readonly #quantity: Quantity;
  readonly #reading: Reading = { count: 1, values: new Float32Array(1) };
  #shared: SharedChip | undefined;
  #seen: number;

  constructor(key: string, chip: SharedChip, quantity: Quantity) {
    this.#key = key;
    this.#shared = chip;
    this.#quantity = quantity;
    this.#seen = chip.serial;
    chip.users.add(this);
  }

  configure(): void {
    if (this.#shared?.users.size === 1) this.#shared.chip.configure();
  }

  sample(): Reading | undefined {
    const chip = this.#shared;
    if (!chip) throw new Error("SHT3x: closed");
    // The sensor that has already returned the newest reading fetches the next one.
    if (this.#seen === chip.serial) chip.fetch();
    this.#seen = chip.serial;
    const value = chip.reading?.[this.#quantity];
    if (value === undefined || Number.isNaN(value)) return undefined;
    this.#reading.values[0] = value;
    return this.#reading;
  }

  /** May be called twice. */
  close(): void {
    const chip = this.#shared;
    this.#shared = undefined;
    if (!chip?.users.delete(this) || chip.users.size > 0) return;
    shared?.delete(this.#key);
    chip.chip.close();
  }
}

/** Opens one quantity of the SHT3x on these pins and this address. @throws when no chip answers */
export function openClimate(sensor: I2COptions, quantity: Quantity): NodeSensor {
  shared ??= new Map();
  const key = `${sensor.data}/${sensor.clock}/${sensor.address}`;
  let chip = shared.get(key);
  if (!chip) shared.set(key, (chip = new SharedChip(sensor)));
  return new ClimateSensor(key, chip, quantity);
}
