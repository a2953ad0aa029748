import test from "ava";
import { chips, milliseconds } from "../../host-tools/convertpage/chips.js";
import { layoutOf } from "../../host-tools/convertpage/layout.js";

test("a chip's time is its instructions at its clock", (t) => {
  const [c3] = chips.filter(({ name }) => name === "ESP32-C3");
  t.is(milliseconds(160e6, c3!), 1000);
});

test("operators stand below what they read, and none on another", (t) => {
  // A residual block: 0 -> 1 -> 2 (1 and 0), and 3 beside 1.
  const { input, places, rows, columns } = layoutOf([[-1], [0], [1, 0], [0], [3, 2], []]);
  t.deepEqual(input, { row: 0, column: 0 });
  t.deepEqual(
    places.map(({ row, column }) => [row, column]),
    [
      [1, 0],
      [2, 0],
      [3, 0],
      [2, 1],
      [4, 0],
      [1, 1],
    ],
  );
  t.deepEqual([rows, columns], [5, 2]);
});
