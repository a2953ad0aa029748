import { joinFromFastest, lora125 } from "./shared.js";
import type { FixedPlan, Region, Run } from "./types.js";

const step = 200000;
const run = (first: number, count: number): Run => ({ first, step, count });

/** For antennas of 20 MHz: 64 channels. */
const masks20 = { words: 4, on: 6, off: 7 } as const;

/** For antennas of 26 MHz: 48 channels, five of them for join requests, which are answered on one frequency. */
const plan26 = (name: "26A" | "26B", up: number, down: number): FixedPlan => ({
  name,
  narrow: [run(up, 48)],
  down: [run(down, 24)],
  masks: { words: 3, on: 3, off: 4 },
  rx2: down + 2400000,
  joins: { first: 0, step: 10, count: 5, rx1: down + 2400000, rx2: { first: down + 2400000, step: 0 } },
});

const pairs20B = [run(476900000, 32), run(496900000, 32)];

/**
 * DR0 (SF12) is defined, and not used: no frame of it fits into the second that the regulation allows (MIIT announcement 52 of 2019, civil metering: 50 mW ERP,
 * 1 s a transmission). DR6 and DR7 are optional, and no uplink channel has them.
 */
export const cn470: Region = {
  plan: "fixed",
  dataRates: [...lora125, [7, 500], null],
  uplinkRates: [1, 5],
  maxPayload: [0, 23, 86, 184, 242, 242, 242, 242],
  dwellTimeByDefault: false,
  regulatoryDwell: 1000,
  txParamSetup: false,
  range: [470000000, 510000000],
  defaultChannels: [],
  downlinkFrom: 1,
  fixed: [
    {
      name: "20A",
      narrow: [run(470300000, 32), run(503500000, 32)],
      down: [run(483900000, 64)],
      masks: masks20,
      joins: { first: 3, step: 8, count: 8, rx2: { first: 485300000, step: 1600000 } },
    },
    {
      name: "20B",
      narrow: pairs20B,
      down: pairs20B,
      masks: masks20,
      rx2: 498300000,
      joins: { first: 15, step: 32, count: 2, rx2: { first: 478300000, step: 20000000 } },
    },
    plan26("26A", 470300000, 490100000),
    plan26("26B", 480300000, 500100000),
  ],
  joinDataRates: joinFromFastest.slice(0, 5),
  rx2: { frequency: 486900000, dataRate: 1 },
  rx1: { offsets: [0, 1, 2, 3, 4, 5], cap: 7, floor: 1, dwellFloor: 1 },
  maxEirp: 19.15,
  maxTxPower: 7,
  bands: [],
};
