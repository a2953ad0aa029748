import test from "ava";
import { airtime as driversAirtime } from "../../host-tools/air/index.js";
import { airtime } from "./simulation.js";

test("the driver's airtime, which the network server uses, equals the tests' own formula", (t) => {
  const table = (sf: number, bandwidth: number, bytes: number, crc: boolean) =>
    driversAirtime({ sf, bandwidth, crc }, bytes);
  // BW125, 4/5, CRC on: the figures of Semtech's calculator.
  t.is(table(7, 125000, 13, true), 46336);
  t.is(table(12, 125000, 51, true), 2465792);
  t.is(table(12, 500000, 51, true), 534528);
  for (let sf = 7; sf <= 12; sf++) {
    for (const bandwidth of [125000, 250000, 500000]) {
      for (const crc of [false, true]) {
        for (let bytes = 0; bytes < 256; bytes++)
          t.is(
            table(sf, bandwidth, bytes, crc),
            Math.round(1000 * airtime({ frequency: 0, spreadingFactor: sf, bandwidth }, bytes, crc)),
          );
      }
    }
  }
});
