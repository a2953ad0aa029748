import test from "ava";
import { airtime } from "../../host-tools/air/index.js";

/** shared table of facts: BW125, 4/5, CRC, 8 preamble symbols; milliseconds by bytes on the air. */
const bytes = [13, 23, 51, 255];
const milliseconds: Record<number, number[]> = {
  7: [46.336, 61.696, 102.656, 399.616],
  9: [164.864, 205.824, 328.704, 1250.304],
  10: [288.768, 370.688, 616.448, 2295.808],
  12: [1155.072, 1482.752, 2465.792, 9019.392],
};

test("airtime to the microsecond, as computed from the data sheet's formula", (t) => {
  for (const [sf, times] of Object.entries(milliseconds)) {
    times.forEach((time, i) => t.is(airtime({ sf: Number(sf), bandwidth: 125000 }, bytes[i]!), Math.round(time * 1000), `SF${sf}, ${bytes[i]} bytes`));
  }
});

test("SF12 at 500 kHz needs no low data rate optimization", (t) => {
  t.is(airtime({ sf: 12, bandwidth: 500000 }, 51), 534528);
});

/** The formula of lora-facts, in floating point, for all that SX127x and SX126x share. */
function formula(sf: number, bandwidth: number, rate: number, preamble: number, crc: boolean, header: boolean, length: number): number {
  const symbol = (2 ** sf / bandwidth) * 1e6;
  const slow = symbol >= 16380 ? 1 : 0;
  const blocks = Math.ceil((8 * length - 4 * sf + 28 + (crc ? 16 : 0) - (header ? 0 : 20)) / (4 * (sf - 2 * slow)));
  return (preamble + 4.25 + 8 + Math.max(0, blocks) * rate) * symbol;
}

test("airtime of every spreading factor, rate and form is the formula's", (t) => {
  for (let sf = 7; sf <= 12; sf++) {
    for (const bandwidth of [62500, 125000, 250000, 500000]) {
      for (const codingRate of [5, 6, 7, 8]) {
        for (const [crc, header, preamble] of [[true, true, 8], [false, true, 12], [false, false, 6]] as const) {
          for (const length of [0, 1, 12, 64, 255]) {
            const expected = formula(sf, bandwidth, codingRate, preamble, crc, header, length);
            t.true(Math.abs(airtime({ sf, bandwidth, codingRate, preamble, crc, header }, length) - expected) < 1, `${sf} ${bandwidth} ${codingRate} ${length}`);
          }
        }
      }
    }
  }
});
