import Modules from "modules";
import type { Ecma419Hardware, SensorConfig } from "../../config.js";
import { missingSample } from "replay/format";
import type { Reading } from "../types.js";
import type { FieldDriver } from "./fielddriver.js";
import { Polled } from "./polled.js";
import { sensorHz } from "./sensordefaults.js";

/** ECMA-419's sensor class pattern. */
interface SensorDriver {
  configure?(options: object): void;
  sample(): unknown;
  close(): void;
}
type SensorClass = new (options: object) => SensorDriver;

interface Closable {
  close(): void;
}
type IOClass = new (options: object) => Closable;

/** The class, with its instances put into a list. */
const remembered = (IO: IOClass, list: Closable[]): IOClass =>
  class extends IO {
    constructor(options: object) {
      super(options);
      list.push(this);
    }
  };

/** Any driver after ECMA-419, by its module's name; and quantities out of its samples. */
class Ecma419Sensor implements FieldDriver {
  readonly #driver: SensorDriver;
  readonly #settings: object;
  readonly #polled: Polled;
  readonly #paths: string[][];
  readonly #scales: number[];
  readonly #offsets: number[];
  readonly #ios: Closable[] = [];
  #failure: string | undefined;

  constructor(sensors: readonly SensorConfig[]) {
    const hardware = sensors.map((sensor) => sensor.hardware as Ecma419Hardware);
    const { driver, sensor, settings = {} } = hardware[0]!;
    this.#settings = settings;
    this.#paths = hardware.map(({ quantity }) => quantity.split("."));
    this.#scales = hardware.map(({ scale = 1 }) => scale);
    this.#offsets = hardware.map(({ offset = 0 }) => offset);
    this.#polled = new Polled(sensors.length, sensors[0]!.rate, (readings, at) => this.#read(readings, at));
    if (!Modules.has(driver))
      throw new Error(`the firmware has no module "${driver}", the driver in the node description`);
    const io = remembered(Modules.importNow(`embedded:io/${sensor.io}`) as IOClass, this.#ios);
    try {
      this.#driver = new (Modules.importNow(driver) as SensorClass)({
        sensor: { ...("address" in sensor ? { hz: sensorHz } : {}), ...sensor, io },
        onError: (error: unknown) => (this.#failure = String(error)),
        // The SDK's TTP223 opens its pin only for someone who listens; the others need an `alert` as well.
        onAlert: () => {},
      });
      // Many of the SDK's drivers report another chip on the address in this way, and go on.
      if (this.#failure !== undefined) throw new Error(`${driver}: ${this.#failure}`);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  get readings(): readonly Reading[] {
    return this.#polled.readings;
  }

  configure({ rate }: { rate: number }): void {
    this.#driver.configure?.({ ...this.#settings });
    this.#polled.start(rate);
  }

  sample(): void {
    this.#polled.take();
  }

  close(): void {
    this.#polled.stop();
    try {
      this.#driver.close();
    } finally {
      this.#release();
    }
  }

  /** Closes what the driver opened: one that throws leaves it open, and the address would stay in use. */
  #release(): void {
    for (const io of this.#ios) {
      try {
        io.close();
      } catch {
        // The driver has closed it.
      }
    }
    this.#ios.length = 0;
  }

  #read(readings: readonly Reading[], at: number): void {
    this.#failure = undefined;
    const sample = this.#driver.sample();
    for (let i = 0; i < readings.length; i++) {
      const value = this.#hasFailed() ? undefined : this.#valueOf(sample, this.#paths[i]!);
      readings[i]!.values[at] = value === undefined ? missingSample : value * this.#scales[i]! + this.#offsets[i]!;
    }
  }

  /** Whether the driver has reported an error meanwhile. */
  #hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  #valueOf(sample: unknown, path: readonly string[]): number | undefined {
    let value = sample;
    for (let i = 0; i < path.length && value !== undefined && value !== null; i++)
      value = (value as Record<string, unknown>)[path[i]!];
    return typeof value === "number" ? value : undefined;
  }
}

export default (sensors: readonly SensorConfig[]): FieldDriver => new Ecma419Sensor(sensors);
