import test from "ava";
import { Faults } from "../../device/faults.js";

const hour = 3600;

test("a fault is reported at once, then counted for six hours, and reported again with the count", (t) => {
  const faults = new Faults();
  faults.add("missing", 0, 3);
  t.deepEqual(faults.take(100, 9), [{ kind: "missing", sensor: 0, count: 3 }]);
  t.deepEqual(faults.take(100, 9), [], "nothing new");
  faults.add("missing", 0);
  t.deepEqual(faults.take(101, 9), []);
  faults.add("missing", 0, 4);
  t.deepEqual(faults.take(100 + 6 * hour - 1, 9), []);
  t.deepEqual(faults.take(100 + 6 * hour, 9), [{ kind: "missing", sensor: 0, count: 5 }]);
  faults.add("missing", 0);
  t.deepEqual(faults.take(100 + 12 * hour - 1, 9), [], "quiet again, from the second time on");
  t.deepEqual(
    faults.take(100 + 12 * hour - 0.004, 9),
    [{ kind: "missing", sensor: 0, count: 1 }],
    "in a window that ends some ms early",
  );
});

test("the quiet time of one fault does not delay another sensor's or kind's", (t) => {
  const faults = new Faults();
  faults.add("missing", 0);
  faults.take(0, 9);
  faults.add("missing", 0);
  faults.add("missing", 1);
  faults.add("stuck", 0, 2);
  faults.add("radio");
  t.deepEqual(faults.take(1, 9), [
    { kind: "missing", sensor: 1, count: 1 },
    { kind: "stuck", sensor: 0, count: 2 },
    { kind: "radio", count: 1 },
  ]);
});

test("no more faults per report than fit: the rest comes next, in order, and nothing is lost", (t) => {
  const faults = new Faults();
  for (let sensor = 0; sensor < 5; sensor++) faults.add("stuck", sensor, sensor + 1);
  const reported = [faults.take(0, 2), faults.take(0, 2), faults.take(0, 2), faults.take(0, 2)];
  t.deepEqual(
    reported.map((some) => some.map(({ sensor, count }) => [sensor, count])),
    [
      [
        [0, 1],
        [1, 2],
      ],
      [
        [2, 3],
        [3, 4],
      ],
      [[4, 5]],
      [],
    ],
  );
});

test("a fault that could not be reported is reported as soon as possible, with what came since", (t) => {
  const faults = new Faults();
  faults.add("stuck", 2, 7);
  faults.add("radio");
  faults.restore(faults.take(0, 9));
  faults.add("stuck", 2);
  t.deepEqual(faults.take(1, 9), [
    { kind: "stuck", sensor: 2, count: 8 },
    { kind: "radio", count: 1 },
  ]);
  t.deepEqual(faults.take(2, 9), []);
});
