import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { createHash } from "node:crypto";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { Random } from "../../host-tools/lib/random.js";

const sources = ["host-tools", "packages/tfjs-to-tflite/src", "test", "native", "device"].flatMap((folder) =>
  readdirSync(path.join(loamRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, "/"))),
);
const using = (pattern: RegExp) =>
  sources.filter(
    (file) => file !== "test/structure/random.test.ts" && pattern.test(readFileSync(path.join(loamRoot, file), "utf8")),
  );

test("random numbers come from one library, behind one module; every exception has a reason", (t) => {
  t.deepEqual(using(/from "pure-rand/), ["packages/tfjs-to-tflite/src/lib/random.ts"]);
  t.deepEqual(using(/from "(seedrandom|random-js|prng)/), []);
  // Steps of generators: the byte sequence of recorded inputs, the one of recorded graphs, and the node's own.
  t.deepEqual(using(/1664525|1103515245/), ["host-tools/bench/input.ts"]);
  t.deepEqual(using(/0x6d2b79f5/i), ["packages/tfjs-to-tflite/src/graph/random.ts"]);
  t.deepEqual(using(/\^= \w+(\.\w+)? << 13|<< 13;/), ["device/lorawan/prng.ts"]);
});

test("a seed gives the same numbers every time, those of pure-rand; other seeds give others", (t) => {
  const generator = xoroshiro128plus(createHash("sha256").update("soil").digest().readInt32LE(0));
  const random = new Random("soil");
  for (let i = 0; i < 5; i++) t.is(random.uniform(), (generator.next() >>> 0) / 2 ** 32);
  t.not(new Random("soil").uniform(), new Random("air").uniform());
  t.not(new Random("soil").uniform(), new Random("soil").fork("one").uniform());
});

test("integers, picks and bytes reach both ends of their range and nothing beyond", (t) => {
  const random = new Random("ends");
  const ints = Array.from({ length: 500 }, () => random.int(-2, 3));
  t.deepEqual(
    [...new Set(ints)].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2, 3],
  );
  t.deepEqual([...new Set(Array.from({ length: 200 }, () => random.below(3)))].sort(), [0, 1, 2]);
  t.deepEqual([...new Set(Array.from({ length: 200 }, () => random.pick(["a", "b", "c"])))].sort(), ["a", "b", "c"]);
  t.is(new Set(random.bytes(10000)).size, 256);
});
