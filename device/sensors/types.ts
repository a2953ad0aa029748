import type { NodeConfig } from "../config.js";

/** What a sensor gave since it was asked last: the first `count` of `values`, which are used again for the next reading. */
export interface Reading {
  count: number;
  values: Float32Array;
}

/** A sensor after ECMA-419's sensor class pattern: configure, sample, close. */
export interface NodeSensor {
  /** Starts measuring. */
  configure(options: { rate: number }): void;
  /** One value of a slow sensor, what a fast one's FIFO holds; undefined when there is nothing. */
  sample(): Reading | undefined;
  /** Works twice. */
  close(): void;
}

/** Opens a sensor of the node description. The platform's section of the manifest says which module "sensors" does it; its `clockIsKnown` says whether `Date` tells the time of day when the node comes up. @throws when it is not there */
export type OpenSensor = (config: NodeConfig, index: number) => NodeSensor;
