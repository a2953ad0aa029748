import { downlink500, downlink500Payload, plan915 } from "./shared.js";
import type { Region } from "./types.js";

/** FCC 15.247: frequency hopping systems stay at most 400 ms on a channel of 125 kHz, and reach full power on 50 channels or more (RP002, "US915 LinkAdrReq": else 21 dBm; one channel is no hopping). */
export const us915: Region = {
  plan: "fixed",
  dataRates: [[10, 125], [9, 125], [8, 125], [7, 125], [8, 500], null, null, null, ...downlink500],
  uplinkRates: [0, 3],
  maxPayload: [11, 53, 125, 242, 242, 0, 0, 0, ...downlink500Payload],
  dwellTimeByDefault: false,
  regulatoryDwell: 400,
  txParamSetup: false,
  range: [902000000, 928000000],
  defaultChannels: [],
  downlinkFrom: 8,
  fixed: [
    {
      narrow: [{ first: 902300000, step: 200000, count: 64 }],
      wide: { first: 903000000, step: 1600000, dataRate: 4 },
      ...plan915,
    },
  ],
  joinDataRates: [0, 4],
  rx2: { frequency: 923300000, dataRate: 8 },
  rx1: {
    table: [
      [10, 9, 8, 8],
      [11, 10, 9, 8],
      [12, 11, 10, 9],
      [13, 12, 11, 10],
      [13, 13, 12, 11],
    ],
  },
  maxEirp: 30,
  maxTxPower: 14,
  bands: [],
  fewChannels: { below: 50, eirp: 21 },
  least125: 2,
};
