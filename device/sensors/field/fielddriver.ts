import type { SensorConfig } from "../../config.js";
import type { Reading } from "../types.js";

/** The driver of one chip or pin, for all sensors of the node description that it serves. */
export interface FieldDriver {
  /** Of each sensor, in the order in which they were opened, what the last `sample` found; a count of 0: nothing. */
  readonly readings: readonly Reading[];
  /** As NodeSensor's. */
  readonly isStream?: true;
  /** Starts measuring. */
  configure(options: { rate: number }): void;
  /** Reads the chip once, for all sensors. */
  sample(): void;
  /** May be called twice. */
  close(): void;
}

/** The default export of a module `CHIPSensor`: opens the chip of these sensors. @throws when it does not answer */
export type OpenDriver = (sensors: readonly SensorConfig[]) => FieldDriver;

/** The readings of drivers that give at most one value at a time. */
export const singleReadings = (sensors: readonly SensorConfig[]): Reading[] =>
  sensors.map(() => ({ count: 0, values: new Float32Array(1) }));

/** Sets a reading to one value, or to none. */
export function setReading(reading: Reading, value: number | undefined): void {
  reading.count = value === undefined ? 0 : 1;
  if (value !== undefined) reading.values[0] = value;
}
