import { plain250 } from "./shared.js";
import type { Region } from "./types.js";

/** Duty cycle: RP002 gives 1 % for the default channels; it is kept to on all. */
export const ru864: Region = {
  ...plain250,
  range: [864000000, 870000000],
  defaultChannels: [868900000, 869100000],
  rx2: { frequency: 869100000, dataRate: 0 },
  maxEirp: 16,
  maxTxPower: 7,
  bands: [{ from: 864000000, to: 870000001, duty: 0.01 }],
};
