import test from "ava";
import { regions } from "../../device/lorawan/regions/regions.js";
import { adrAnswered, adrRequest, observe } from "../../host-tools/gateway/adr.js";
import { Device } from "../../host-tools/gateway/device.js";
import { abp } from "./simulation.js";

/** A device after uplinks with these SNRs; counters are consecutive unless given. */
function heard(snrs: number[], counters = snrs.map((_, i) => i), power = 0, nbTrans = 1): Device {
  const device = new Device({ devEui: "0102030405060708", ...abp }, "EU868");
  Object.assign(device, { power, nbTrans });
  snrs.forEach((snr, i) => observe(device, counters[i]!, snr));
  return device;
}

const same = (snr: number, frames = 20) => Array<number>(frames).fill(snr);

/** Data rate, TXPower and NbTrans of the LinkADRReq; undefined: there is none. */
function asked(device: Device, dataRate: number, askedFor = false): number[] | undefined {
  const request = adrRequest(device, regions.EU868, dataRate, { wanted: askedFor });
  if (!request) return undefined;
  // LinkADRReq (TS001-1.0.4): data rate and power, channel mask, redundancy.
  if (request[0] !== 0x03 || request.length !== 5) throw new Error(`no LinkADRReq: ${request.toString("hex")}`);
  return [request[1]! >> 4, request[1]! & 15, request[4]! & 15];
}

/**
 * Semtech, "LoRaWAN - simple rate adaptation recommended algorithm" (2016): steps of 3 dB of the best SNR above what the spreading factor needs
 * plus 10 dB. What each needs is table 13 of the SX1276 data sheet: SF12 -20 dB, 2.5 dB more each step down.
 */
const margins: [dataRate: number, power: number, snr: number, expected: number[] | undefined][] = [
  [0, 0, -7.1, undefined],
  [0, 0, -7, [1, 0, 1]],
  [0, 0, -4.1, [1, 0, 1]],
  [0, 0, -4, [2, 0, 1]],
  [1, 0, -4.6, undefined],
  [1, 0, -4.5, [2, 0, 1]],
  [2, 0, -2.1, undefined],
  [2, 0, -2, [3, 0, 1]],
  [3, 0, 0.4, undefined],
  [3, 0, 0.5, [4, 0, 1]],
  [4, 0, 2.9, undefined],
  [4, 0, 3, [5, 0, 1]],
  // The fastest data rate: what is left goes into power, down to the region's least.
  [5, 0, 5.4, undefined],
  [5, 0, 5.5, [5, 1, 1]],
  [4, 0, 6, [5, 1, 1]],
  [0, 0, 11, [5, 2, 1]],
  [5, 3, 40, [5, 7, 1]],
  [5, 7, 40, undefined],
  // Too little: power comes back a step for each 3 dB that are missing, never the data rate.
  [5, 3, -0.4, undefined],
  [5, 3, -0.5, [5, 2, 1]],
  [5, 3, -6.5, [5, 0, 1]],
  [5, 0, -20, undefined],
  [3, 1, -20, [3, 0, 1]],
];

test("data rate and power follow the SNR above the spreading factor's minimum and a margin of 10 dB", (t) => {
  for (const [dataRate, power, snr, expected] of margins)
    t.deepEqual(
      asked(heard(same(snr), undefined, power), dataRate),
      expected,
      `DR${dataRate}, TXPower ${power}, ${snr} dB`,
    );
});

test("the best of the last 20 frames counts", (t) => {
  t.deepEqual(asked(heard([...same(-15, 19), -7]), 0), [1, 0, 1]);
  t.deepEqual(asked(heard([-7, ...same(-15, 19)]), 0), [1, 0, 1]);
  t.is(asked(heard([-7, ...same(-15, 20)]), 0), undefined, "the 21st is forgotten");
});

test("fewer than eight frames cause no LinkADRReq, unless the node sets ADRACKReq", (t) => {
  t.is(asked(heard(same(-7, 7)), 0), undefined);
  t.deepEqual(asked(heard(same(-7, 7)), 0, true), [1, 0, 1]);
  t.deepEqual(asked(heard(same(-7, 8)), 0), [1, 0, 1]);
});

/** Counters of 20 frames with `lost` missing in the middle. */
const counters = (lost: number) => Array.from({ length: 20 }, (_, i) => (i < 10 ? i : i + lost));

test("NbTrans by frame loss: below 5 % one less, from 10 % one more, at most three", (t) => {
  for (const [lost, before, after] of [
    [0, 1, 1],
    [0, 3, 2],
    [1, 2, 1], // 1 of 21
    [2, 2, 2], // 2 of 22: 9.1 %
    [3, 1, 2], // 3 of 23: 13 %
    [3, 3, 3],
    [31, 1, 2],
    [32, 2, 2], // a whole reserved block: the node was reset
  ] as const) {
    const device = heard(same(-12), counters(lost), 0, before);
    t.deepEqual(asked(device, 0), after === before ? undefined : [0, 0, after], `${lost} lost, NbTrans ${before}`);
  }
  t.is(asked(heard(same(-12, 19), counters(3).slice(1)), 0), undefined, "19 frames are too few for it");
});

test("an answer starts a new history; a request that was accepted whole becomes the device's state", (t) => {
  const request = Buffer.from("0352ff0002", "hex");
  for (const [status, power, nbTrans] of [
    [7, 2, 2],
    [6, 0, 1],
    [3, 0, 1],
  ] as const) {
    const device = heard(same(5));
    adrAnswered(device, request, status);
    t.like(device, { power, nbTrans }, `status ${status}`);
    t.deepEqual([device.snrs, device.counters], [[], []]);
  }
  const device = heard(same(5), undefined, 4, 3);
  adrAnswered(device, Buffer.concat([request, Buffer.from("03ffff0000", "hex")]), 7);
  t.like(device, { power: 4, nbTrans: 1 }, "the last of a run counts; power 15 changes nothing, NbTrans 0 means 1");
});
