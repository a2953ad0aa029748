import { plain125 } from "./shared.js";
import type { Region } from "./types.js";

/** Listen before talk: at most -65 dBm for 5 ms (the sixth is the receiver's start-up). Only 10 dBm are allowed below 922 MHz. */
export const kr920: Region = {
  ...plain125,
  range: [920900000, 923300000],
  defaultChannels: [922100000, 922300000, 922500000],
  rx2: { frequency: 921900000, dataRate: 0 },
  rx1: { offsets: [0, 1, 2, 3, 4, 5], cap: 5, dwellFloor: 0 },
  maxEirp: 14,
  maxTxPower: 7,
  listen: { threshold: -65, ms: 6 },
  lowPower: { from: 920900000, to: 922000000, eirp: 10 },
};
