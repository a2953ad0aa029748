import { plain250 } from "./shared.js";
import type { Region } from "./types.js";

/** Duty cycle: ETSI EN 300 220-2, annex B: 10 mW ERP with at most 10 %. */
export const eu433: Region = {
  ...plain250,
  range: [433050000, 434790000],
  defaultChannels: [433175000, 433375000, 433575000],
  rx2: { frequency: 434665000, dataRate: 0 },
  maxEirp: 12.15,
  maxTxPower: 5,
  bands: [{ from: 433050000, to: 434790001, duty: 0.1 }],
};
