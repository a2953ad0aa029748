/** Data shared by several regions. */
export const lora125 = [
  [12, 125],
  [11, 125],
  [10, 125],
  [9, 125],
  [8, 125],
  [7, 125],
] as const;

/** SF7/250 as data rate 6. */
export const lora125And250 = [...lora125, [7, 250]] as const;

/** Fastest first: most nodes are near enough, and a short request costs little. */
export const joinFromFastest = [5, 4, 3, 2, 1, 0] as const;

/** SF12 to SF7 at 125 kHz, the usual payloads, no dwell time: IN865 and KR920. */
export const plain125 = {
  plan: "dynamic",
  dataRates: lora125,
  uplinkRates: [0, 5],
  maxPayload: [51, 51, 51, 115, 242, 242],
  dwellTimeByDefault: false,
  regulatoryDwell: 0,
  txParamSetup: false,
  joinDataRates: joinFromFastest,
  bands: [],
} as const;

/** With SF7 at 250 kHz as DR6: EU868, EU433 and RU864. */
export const plain250 = {
  ...plain125,
  dataRates: lora125And250,
  uplinkRates: [0, 6],
  maxPayload: [51, 51, 51, 115, 242, 242, 242],
  rx1: { offsets: [0, 1, 2, 3, 4, 5], cap: 7, dwellFloor: 0 },
} as const;

/** DR8..13 of the downlinks in the 915 MHz regions: SF12..SF7 at 500 kHz. */
export const downlink500 = [
  [12, 500],
  [11, 500],
  [10, 500],
  [9, 500],
  [8, 500],
  [7, 500],
] as const;

export const downlink500Payload = [53, 129, 242, 242, 242, 242] as const;

/** Downlink channels and masks of US915 and AU915. */
export const plan915 = {
  down: [{ first: 923300000, step: 600000, count: 8 }],
  masks: { words: 5, banks: 5, on: 6, off: 7 },
} as const;
