import type { NodeConfig } from "../config.js";

/** A sensor's samples since the last call, which the next call reuses; one that was not measured is `missingSample`. */
export interface Reading {
  count: number;
  values: Float32Array;
  /** Index of the first of them; default 0. */
  from?: number;
}

/** A sensor in ECMA-419's sensor class pattern: configure, sample, close. */
export interface NodeSensor {
  /** Its samples come by its own clock and may wait a little, also where the sampler reads as often as one is due. After `configure`. */
  readonly isStream?: true | undefined;
  /** Starts measuring. */
  configure(options: { rate: number }): void;
  /**
   * One value of a slow sensor, the FIFO content of a fast one; undefined when there is none. A sensor with a clock of its own, which
   * is off by per cents, gives its samples at the rate of the node's: see resampler.ts.
   */
  sample(): Reading | undefined;
  /** May be called twice. */
  close(): void;
}

/** Opens a sensor of the node description. The manifest's platform section chooses the module "sensors"; its `clockIsKnown` says whether `Date` is right when the node starts. @throws when the sensor is not there */
export type OpenSensor = (config: NodeConfig, index: number) => NodeSensor;
