import test from "ava";
import { chips, milliseconds } from "../../host-tools/convertpage/chips.js";
import { nameOf, withoutShared } from "../../host-tools/convertpage/client/names.js";
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

for (const [paths, name] of [
  [["my net/model.json", "my net/weights.bin"], "my_net"],
  [["model.json", "weights.bin"], "model"],
  [["weights.bin", "emotion.json"], "emotion"],
  [["a/b/group1-shard1of1.bin", "a/b/model.json"], "b"],
  [["nets/digits.v2.keras"], "digits.v2"],
  [["photos.ZIP"], "photos"],
  [["übung/model.json"], "_bung"],
  [["--/model.json"], "model"],
  [[], "model"],
] as const)
  test(`files of ${paths.join(", ") || "nothing"} are called ${name}`, (t) =>
    t.is(nameOf(paths.map((path) => ({ path, file: new File([], path) }))), name));

test("layers lose the folders that all have, and no more", (t) => {
  t.deepEqual(withoutShared(["net/a/conv", "net/a/relu", "net/ab"]), ["a/conv", "a/relu", "ab"]);
  t.deepEqual(withoutShared(["net/conv", "relu"]), ["net/conv", "relu"]);
  t.deepEqual(withoutShared(["net/conv"]), ["net/conv"]);
  t.deepEqual(withoutShared([]), []);
});
