import { plain125 } from "./shared.js";
import type { Region } from "./types.js";

export const in865: Region = {
  ...plain125,
  dataRates: [...plain125.dataRates, null, null],
  maxPayload: [...plain125.maxPayload, 0, 242],
  range: [865000000, 867000000],
  defaultChannels: [865062500, 865402500, 865985000],
  rx2: { frequency: 866550000, dataRate: 2 },
  rx1: { offsets: [0, 1, 2, 3, 4, 5, -1, -2], cap: 7, dwellFloor: 0, reserved: 6 },
  maxEirp: 30,
  maxTxPower: 10,
};
