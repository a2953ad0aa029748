import { joinFromFastest, lora125 } from "./shared.js";
import type { Region } from "./types.js";

export const in865: Region = {
  plan: "dynamic",
  dataRates: lora125,
  uplinkRates: [0, 5],
  maxPayload: [51, 51, 51, 115, 242, 242],
  dwellByDefault: false,
  regulatoryDwell: 0,
  txParamSetup: false,
  range: [865000000, 867000000],
  defaultChannels: [865062500, 865402500, 865985000],
  joinRates: joinFromFastest,
  rx2: { frequency: 866550000, dataRate: 2 },
  rx1: { offsets: [0, 1, 2, 3, 4, 5, -1, -2], cap: 5, dwellFloor: 0 },
  maxEirp: 30,
  powerSteps: 10,
  bands: [],
};
