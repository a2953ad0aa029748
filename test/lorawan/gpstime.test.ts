import test from "ava";
import { fromGpsTime, toGpsTime } from "../../device/codec/gpstime.js";

/** GPS weeks are counted from the GPS epoch (IS-GPS-200); week 1930 is the first after the leap second of 2016-12-31, the 18th (IERS Bulletin C 52). */
const table: [gpsSeconds: number, utc: string][] = [
  [1930 * 604800 + 18, "2017-01-01T00:00:00Z"],
  [1930 * 604800, "2016-12-31T23:59:42Z"],
  [2300 * 604800 + 0.5, "2024-02-03T23:59:42.500Z"],
];

test("GPS time and UTC", (t) => {
  for (const [gpsSeconds, utc] of table) {
    t.is(fromGpsTime(gpsSeconds), Date.parse(utc) / 1000, utc);
    t.is(toGpsTime(Date.parse(utc) / 1000), gpsSeconds, utc);
  }
  t.true(toGpsTime(0) < 0);
});
