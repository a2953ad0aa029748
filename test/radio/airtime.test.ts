import test from "ava";
import { budgets } from "../../host-tools/air/budget.js";
import { radioCurrentsOf } from "../../host-tools/budget/day.js";
import type { CheckedNode } from "../../host-tools/node/schema/node.js";
import { currents, transmitCurrent } from "../../host-tools/air/currents.js";
import { airtime } from "../../host-tools/air/index.js";

/** BW125, 4/5, CRC, 8 preamble symbols; milliseconds by bytes on the air. */
const bytes = [13, 23, 51, 255];
const milliseconds: Record<number, number[]> = {
  7: [46.336, 61.696, 102.656, 399.616],
  9: [164.864, 205.824, 328.704, 1250.304],
  10: [288.768, 370.688, 616.448, 2295.808],
  12: [1155.072, 1482.752, 2465.792, 9019.392],
};

test("airtime to the microsecond, as computed from the data sheet's formula", (t) => {
  for (const [sf, times] of Object.entries(milliseconds)) {
    times.forEach((time, i) =>
      t.is(
        airtime({ sf: Number(sf), bandwidth: 125000 }, bytes[i]!),
        Math.round(time * 1000),
        `SF${sf}, ${bytes[i]} bytes`,
      ),
    );
  }
});

test("SF12 at 500 kHz needs no low data rate optimization", (t) => {
  t.is(airtime({ sf: 12, bandwidth: 500000 }, 51), 534528);
});

/** The data sheets' formula, in floating point, for all that SX127x and SX126x share. */
function formula(
  sf: number,
  bandwidth: number,
  rate: number,
  preamble: number,
  crc: boolean,
  header: boolean,
  length: number,
): number {
  const symbol = (2 ** sf / bandwidth) * 1e6;
  const slow = symbol >= 16380 ? 1 : 0;
  const blocks = Math.ceil((8 * length - 4 * sf + 28 + (crc ? 16 : 0) - (header ? 0 : 20)) / (4 * (sf - 2 * slow)));
  return (preamble + 4.25 + 8 + Math.max(0, blocks) * rate) * symbol;
}

test("airtime for every spreading factor, bandwidth, coding rate and header equals the formula", (t) => {
  for (let sf = 7; sf <= 12; sf++) {
    for (const bandwidth of [62500, 125000, 250000, 500000]) {
      for (const codingRate of [5, 6, 7, 8]) {
        for (const [crc, header, preamble] of [
          [true, true, 8],
          [false, true, 12],
          [false, false, 6],
        ] as const) {
          for (const length of [0, 1, 12, 64, 255]) {
            const expected = formula(sf, bandwidth, codingRate, preamble, crc, header, length);
            t.true(
              Math.abs(airtime({ sf, bandwidth, codingRate, preamble, crc, header }, length) - expected) < 1,
              `${sf} ${bandwidth} ${codingRate} ${length}`,
            );
          }
        }
      }
    }
  }
});

test("budgets: DR0 to DR5 of EU868 at 1 %, US915's dwell time, 400 ms in AS923", (t) => {
  const options = { power: 14, currents: currents["sx1262"]! };
  // 36 s an hour over the airtimes of the table above.
  t.deepEqual(
    budgets("EU868", 38, options).map((row) => row.sendsPerHour),
    [14, 27, 58, 109, 194, 350, 701],
  );
  t.is(budgets("US915", 12, options)[0]!.refused, "payload too long");
  t.is(budgets("US915", 11, options)[0]!.refused, undefined);
  t.is(budgets("US915", 11, options)[0]!.sendsPerHour, undefined);
  t.is(budgets("AS923-1", 1, options)[0]!.refused, "payload too long");
  t.deepEqual(
    budgets("AS923-1", 11, options).map((row) => row.refused !== undefined),
    [true, true, false, false, false, false, false],
  );
});

test("charge: current of the transmitter for the airtime, and of two windows", (t) => {
  // SF7: 6 symbols of 1.024 ms or more in RX1, SF12: 6 of 32.768 ms in RX2.
  const [row] = budgets("EU868", 38, { power: 22, currents: currents["sx1262"]! }).slice(5);
  const transmitting = (102.656 * 118) / 3.6e6;
  t.true(row!.milliampereHours > transmitting + (6 * (1.024 + 32.768) * 5.3) / 3.6e6 - 1e-9);
  t.true(row!.milliampereHours < transmitting + (12 * (1.024 + 32.768) * 5.3) / 3.6e6);
});

/** Semtech's tables again, at powers between the rows of ours; the shorter table may be off by 5 %. */
const published: [chip: string, power: number, milliamperes: number][] = [
  ["sx1261", 12, 21.9],
  ["sx1261", -4, 7.9],
  ["sx1261-ldo", 12, 41.7],
  // SX1262 with the optimal settings of its data sheet.
  ["sx1262", 14, 45],
  ["sx1262", 17, 58],
  ["sx1262", 20, 84],
  ["sx1262", 22, 118],
];
for (const [chip, power, milliamperes] of published) {
  test(`${chip} at ${power} dBm draws the current that Semtech states`, (t) => {
    const value = transmitCurrent(currents[chip]!, power);
    t.true(Math.abs(value / milliamperes - 1) < 0.05, `${value}`);
  });
}

test("beyond the table the nearest row is used", (t) => {
  t.is(transmitCurrent(currents["sx1262"]!, -17), 22.5);
  t.is(transmitCurrent(currents["sx1276"]!, 14), 87);
  t.is(transmitCurrent(currents["sx1276-rfo"]!, 14), 29);
});

test("the budget's receive current is that of the receiver's gain: Semtech's figures for LoRa, DC-DC converter and LDO", (t) => {
  const receive = (board: object): number => radioCurrentsOf({ radio: { board } } as CheckedNode).receive;
  for (const chip of ["sx1261", "sx1262", "sx1268"]) {
    t.is(receive({ chip, regulator: "dcdc", rxGain: "boosted" }), 5.3);
    t.is(receive({ chip, regulator: "dcdc", rxGain: "power saving" }), 4.6);
    t.is(receive({ chip, regulator: "ldo", rxGain: "boosted" }), 10.1);
    t.is(receive({ chip, regulator: "ldo", rxGain: "power saving" }), 8.88);
  }
  t.is(receive({ chip: "sx1276", paPin: "boost" }), 11.5);
});
