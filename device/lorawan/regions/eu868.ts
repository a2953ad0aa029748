import { plain250 } from "./shared.js";
import type { Region } from "./types.js";

/** Duty cycles: ETSI EN 300 220-2, annex B. The gaps between the bands are reserved for alarms: no channel may be there. */
export const eu868: Region = {
  ...plain250,
  range: [863000000, 870000000],
  defaultChannels: [868100000, 868300000, 868500000],
  rx2: { frequency: 869525000, dataRate: 0 },
  maxEirp: 16,
  maxTxPower: 7,
  bands: [
    { from: 863000000, to: 865000000, duty: 0.001 },
    { from: 865000000, to: 868000000, duty: 0.01 },
    { from: 868000000, to: 868600000, duty: 0.01 },
    { from: 868700000, to: 869200000, duty: 0.001 },
    { from: 869400000, to: 869650000, duty: 0.1 },
    { from: 869700000, to: 870000000, duty: 0.01 },
  ],
};
