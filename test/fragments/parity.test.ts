import test from "ava";
import { parityLine, wordsOf } from "../../device/fragments/parity.js";
import { fragmentOf } from "../../host-tools/script/encode.js";

/** Annex A's functions as they are printed there: arrays of 0 and 1, numbers, remainders. */
function matrixLine(n: number, m: number): number[] {
  const line = new Array<number>(m).fill(0);
  const mm = Number.isInteger(Math.log2(m)) ? 1 : 0;
  let x = 1 + 1001 * n;
  for (let coefficients = 0; coefficients < Math.floor(m / 2);) {
    let r = 2 ** 16;
    while (r >= m) {
      const bits = x.toString(2).padStart(23, "0").split("").reverse().map(Number);
      x = Math.floor(x / 2) + ((bits[0]! + bits[5]!) % 2) * 2 ** 22;
      r = x % (m + mm);
    }
    if (line[r] === 0) {
      line[r] = 1;
      coefficients++;
    }
  }
  return line;
}

function lineOf(n: number, m: number): number[] {
  const words = new Uint32Array(wordsOf(m));
  parityLine(n, m, words);
  return Array.from({ length: m }, (_, i) => (words[i >> 5]! >>> (i & 31)) & 1);
}

test("the lines of the parity matrix, for every number of fragments up to 130 and some large ones", (t) => {
  for (const m of [...Array.from({ length: 130 }, (_, i) => i + 1), 255, 256, 257, 853, 4096])
    for (const n of [1, 2, 3, 17, 100, 1000]) t.deepEqual(lineOf(n, m), matrixLine(n, m), `line ${n} of ${m}`);
});

test("half of the fragments are in a coded one, as version 2 has it", (t) => {
  for (const m of [2, 9, 64, 86, 200])
    for (let n = 1; n <= 50; n++)
      t.is(
        lineOf(n, m).reduce((sum, bit) => sum + bit, 0),
        Math.floor(m / 2),
      );
});

// Ten fragments of 10 bytes (0 to 99) and ten coded ones: the first bytes of each, as ChirpStack's network server (lrwn, applayer/fragmentation/v2) sends them.
const published = [
  [0, 10, 20, 30, 40, 50, 60, 70, 80, 90],
  [0x68, 0x54, 0x5c, 0x6c, 0x12, 0x48, 0x1c, 0x58, 0x1a, 0x00],
].flat();
const publishedLast = [0x71, 0x7d, 0x05, 0x55, 0x3b, 0x71, 0x45, 0x01, 0x23, 0x69];

test("coded fragments are those of another implementation", (t) => {
  const block = Uint8Array.from({ length: 100 }, (_, i) => i);
  const fragments = published.map((_, i) => fragmentOf(block, 10, i + 1));
  t.deepEqual(
    fragments.map((fragment) => fragment[0]!),
    published,
  );
  t.deepEqual(
    fragments.slice(10).map((fragment) => fragment[9]!),
    publishedLast,
  );
});
