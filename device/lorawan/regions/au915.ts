import { downlink500, downlink500Payload, lora125, plan915 } from "./shared.js";
import type { Region } from "./types.js";

export const au915: Region = {
  plan: "fixed",
  dataRates: [...lora125, [8, 500], null, ...downlink500],
  uplinkRates: [0, 5],
  maxPayload: [51, 51, 51, 115, 242, 242, 242, 0, ...downlink500Payload],
  maxPayloadDwell: [0, 0, 11, 53, 125, 242, 242, 0, ...downlink500Payload],
  dwellTimeByDefault: true,
  regulatoryDwell: 0,
  txParamSetup: true,
  range: [915000000, 928000000],
  defaultChannels: [],
  downlinkFrom: 8,
  fixed: [
    {
      narrow: [{ first: 915200000, step: 200000, count: 64 }],
      wide: { first: 915900000, step: 1600000, dataRate: 6 },
      ...plan915,
    },
  ],
  joinDataRates: [2, 6],
  rx2: { frequency: 923300000, dataRate: 8 },
  rx1: {
    table: [
      [8, 8, 8, 8, 8, 8],
      [9, 8, 8, 8, 8, 8],
      [10, 9, 8, 8, 8, 8],
      [11, 10, 9, 8, 8, 8],
      [12, 11, 10, 9, 8, 8],
      [13, 12, 11, 10, 9, 8],
      [13, 13, 12, 11, 10, 9],
    ],
  },
  maxEirp: 30,
  maxTxPower: 14,
  bands: [],
};
