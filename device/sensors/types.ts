import type { NodeConfig } from "../config.js";

/** A sensor's samples since the last call: the first `count` of `values`, which the next call reuses. */
export interface Reading {
  count: number;
  values: Float32Array;
}

/** A sensor in ECMA-419's sensor class pattern: configure, sample, close. */
export interface NodeSensor {
  /** Starts measuring. */
  configure(options: { rate: number }): void;
  /** One value of a slow sensor, the FIFO content of a fast one; undefined when there is none. */
  sample(): Reading | undefined;
  /** May be called twice. */
  close(): void;
}

/** Opens a sensor of the node description. The manifest's platform section chooses the module "sensors"; its `clockIsKnown` says whether `Date` is right when the node starts. @throws when the sensor is not there */
export type OpenSensor = (config: NodeConfig, index: number) => NodeSensor;
