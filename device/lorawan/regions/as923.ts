import { lora125And250 } from "./shared.js";
import type { Region } from "./types.js";

/** The four groups differ by an offset in frequency (and each in its range). */
function as923(offset: number, range: readonly [number, number]): Region {
  return {
    plan: "dynamic",
    dataRates: [...lora125And250, null],
    uplinkRates: [0, 6],
    maxPayload: [51, 51, 115, 115, 242, 242, 242, 242],
    maxPayloadDwell: [0, 0, 11, 53, 125, 242, 242, 242],
    dwellTimeByDefault: true,
    regulatoryDwell: 0,
    txParamSetup: true,
    range,
    defaultChannels: [923200000 + offset, 923400000 + offset],
    joinDataRates: [5, 4, 3, 2],
    rx2: { frequency: 923200000 + offset, dataRate: 2 },
    rx1: { offsets: [0, 1, 2, 3, 4, 5, -1, -2], cap: 7, dwellFloor: 2 },
    maxEirp: 16,
    maxTxPower: 7,
    bands: [{ from: range[0], to: range[1], duty: 0.01 }],
  };
}

export const as923Group1 = as923(0, [915000000, 928000000]);
export const as923Group2 = as923(-1800000, [915000000, 928000000]);
export const as923Group3 = as923(-6600000, [915000000, 921000000]);
export const as923Group4 = as923(-5900000, [917000000, 920000000]);

/**
 * Japan, ARIB STD-T108, channels 24 to 38: 20 mW into an antenna of at most 3 dBi; carrier sense at -80 dBm for 5 ms (the sixth is the receiver's start-up), after which a
 * transmission lasts at most 4 s, and a tenth of an hour in all. No dwell time of 400 ms then.
 */
export const as923Japan: Region = {
  ...as923Group1,
  uplinkRates: [0, 5],
  dwellTimeByDefault: false,
  regulatoryDwell: 4000,
  range: [920600000, 923400000],
  maxConducted: 13,
  bands: [{ from: 920500000, to: 923500000, duty: 0.1 }],
  listen: { threshold: -80, ms: 6 },
};
