import test from "ava";
import fc from "fast-check";
import { airtimeSince, changes, onTimes } from "../../host-tools/cloudpage/client/actuations.js";
import { lengthText, project, roundLength } from "../../host-tools/cloudpage/client/projection.js";

const radians = Math.PI / 180;
/** The great circle's length by the haversine formula, metres. */
function distance(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const [from, to] = [a.latitude * radians, b.latitude * radians];
  const half = (angle: number) => Math.sin(angle / 2) ** 2;
  const h = half(to - from) + Math.cos(from) * Math.cos(to) * half((b.longitude - a.longitude) * radians);
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
}

test("distances on the map are those on the earth, and all nodes are within the margin", (t) => {
  const place = fc.record({
    latitude: fc.double({ min: -0.15, max: 0.15, noNaN: true }),
    longitude: fc.double({ min: -0.15, max: 0.15, noNaN: true }),
  });
  const places = fc
    .tuple(
      fc.double({ min: -60, max: 60, noNaN: true }),
      fc.constantFrom(8, -120, 179.9, -179.95),
      fc.array(place, { minLength: 2, maxLength: 6 }),
    )
    .map(([latitude, longitude, list]) =>
      list.map((one) => {
        const east = longitude + one.longitude;
        return {
          latitude: latitude + one.latitude,
          longitude: east > 180 ? east - 360 : east < -180 ? east + 360 : east,
        };
      }),
    );
  fc.assert(
    fc.property(places, (list) => {
      const { at, metresPerUnit } = project(list, 640, 400, 60);
      const points = list.map(at);
      for (const [i, { x, y }] of points.entries()) {
        t.true(x > 59.99 && x < 580.01 && y > 59.99 && y < 340.01);
        const drawn = Math.hypot(x - points[0]!.x, y - points[0]!.y) * metresPerUnit;
        // Of an equirectangular projection within 20 km of its middle, up to 60 degrees north: cos(60.15)/cos(60) is 0.9955.
        t.true(
          Math.abs(drawn - distance(list[0]!, list[i]!)) <= 0.006 * drawn + 1,
          `${drawn} ${distance(list[0]!, list[i]!)}`,
        );
      }
    }),
  );
});

test("north is up, east is right, one node alone is in the middle", (t) => {
  const here = { latitude: 47, longitude: 8 };
  t.deepEqual(project([here], 640, 400, 60).at(here), { x: 320, y: 200 });
  const { at } = project([here, { latitude: 47.1, longitude: 8.1 }], 640, 400, 60);
  t.true(
    at({ latitude: 47.1, longitude: 8.1 }).y < at(here).y && at({ latitude: 47.1, longitude: 8.1 }).x > at(here).x,
  );
});

test("the scale bar is a round length", (t) => {
  t.deepEqual([1, 1.9, 2, 4.99, 7, 160, 99_000].map(roundLength), [1, 1, 2, 2, 5, 100, 50_000]);
  t.deepEqual([500, 2000].map(lengthText), ["500 m", "2 km"]);
});

test("an actuator is on from the report that says so to the one that does not", (t) => {
  const reports = [
    { at: 10, actions: 0b10 },
    { at: 20, actions: 0b11 },
    { at: 30, actions: 0b01 },
    { at: 40, actions: 0b00 },
    { at: 50, actions: 0b10 },
  ];
  t.deepEqual(onTimes(reports, 2, 60), [
    { actuator: 0, from: 20, to: 40 },
    { actuator: 1, from: 10, to: 30 },
    { actuator: 1, from: 50, to: 60 },
  ]);
  t.deepEqual(onTimes(reports, 2, 0).at(-1), { actuator: 1, from: 50, to: 50 });
  t.deepEqual(onTimes([], 2, 60), []);
});

test("versions are named when they change, airtime counts every copy", (t) => {
  const report = (at: number, firmware: string | null, script: number | null) => ({ at, firmware, script });
  const reports = [report(1, "1.0.0", 3), report(2, "1.0.0", 3), report(3, "1.0.0", 4), report(4, "1.1.0", 4)];
  t.deepEqual(
    changes(reports, "firmware", "script").map(({ at }) => at),
    [4, 3, 1],
  );
  const frame = (received: number, airtime: number | null, copies = 1) => ({ received, airtime, copies });
  t.is(airtimeSince([frame(1, 500), frame(2, 100, 3), frame(3, null), frame(4, 50)], 2), 0.35);
});
