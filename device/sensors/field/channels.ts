import type { SensorConfig } from "../../config.js";
import type { NodeSensor, Reading } from "../types.js";
import { chipKey } from "./chipkey.js";
import type { FieldDriver, OpenDriver } from "./fielddriver.js";

/** A driver, and the sensors that use it now: opened with the first, closed with the last. */
class SharedDriver {
  readonly driver: FieldDriver;
  readonly users = new Set<Channel>();
  serial = 0;

  constructor(driver: FieldDriver) {
    this.driver = driver;
  }

  fetch(): void {
    this.driver.sample();
    this.serial++;
  }
}

// Created at first use: a preloaded module's collections are in flash and read-only.
let shared: Map<string, SharedDriver> | undefined;

/** One quantity of a chip. */
class Channel implements NodeSensor {
  readonly #key: string;
  readonly #place: number;
  #shared: SharedDriver | undefined;
  #seen: number;

  constructor(key: string, driver: SharedDriver, place: number) {
    this.#key = key;
    this.#shared = driver;
    this.#place = place;
    this.#seen = driver.serial;
    driver.users.add(this);
  }

  get isStream(): true | undefined {
    return this.#shared?.driver.isStream;
  }

  configure(options: { rate: number }): void {
    if (this.#shared?.users.size === 1) this.#shared.driver.configure(options);
  }

  sample(): Reading | undefined {
    const from = this.#shared;
    if (!from) throw new Error("sensor: closed");
    // The sensor that has already returned the newest reading fetches the next one.
    if (this.#seen === from.serial) from.fetch();
    this.#seen = from.serial;
    const reading = from.driver.readings[this.#place]!;
    return reading.count > 0 ? reading : undefined;
  }

  /** May be called twice. */
  close(): void {
    const from = this.#shared;
    this.#shared = undefined;
    if (!from?.users.delete(this) || from.users.size > 0) return;
    shared?.delete(this.#key);
    from.driver.close();
  }
}

/**
 * Opens one sensor of those in the node description; all that are quantities of the same chip share its driver.
 * @param open opens the chip @throws what it throws
 */
export function openChannel(sensors: readonly SensorConfig[], index: number, open: OpenDriver): NodeSensor {
  shared ??= new Map();
  const key = chipKey(sensors[index]!.hardware!);
  const group = sensors.filter(({ hardware }) => hardware && chipKey(hardware) === key);
  let driver = shared.get(key);
  if (!driver) shared.set(key, (driver = new SharedDriver(open(group))));
  return new Channel(key, driver, group.indexOf(sensors[index]!));
}
