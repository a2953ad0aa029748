import type { NodeConfig } from "./config.js";
import { readPeriod } from "./sampledsensor.js";
import type { Reads } from "./serial/samples.js";

/** How the sensors of a description are read while they are recorded. */
export const readsOf = ({ sensors }: Pick<NodeConfig, "sensors">): Reads[] =>
  sensors.map(({ rate }) => ({ rate, period: readPeriod(rate) }));
