import { readFileSync } from "node:fs";
import test from "ava";
import { npyOf, parseNpy } from "tfjs-to-tflite/graph/npy.js";

/** A file as numpy.lib.format describes it: version, a dictionary as text, then the bytes. */
function file(version: number, descr: string, shape: string, body: Uint8Array, fortran = "False"): Buffer {
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  return Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.of(version, 0), length, Buffer.from(text), body]);
}

const bytes = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

// numpy.save of [[1, 0, 2]] and the like, written out by hand.
const kinds: [descr: string, body: ArrayBufferView, numbers: number[]][] = [
  ["'<f2'", Uint16Array.of(0x3c00, 0xc100, 0x0001, 0x7bff), [1, -2.5, 2 ** -24, 65504]],
  ["'<f4'", Float32Array.of(1, -2.5), [1, -2.5]],
  ["'<f8'", Float64Array.of(1, -2.5), [1, -2.5]],
  ["'|b1'", Uint8Array.of(1, 0), [1, 0]],
  ["'|i1'", Int8Array.of(-128, 127), [-128, 127]],
  ["'|u1'", Uint8Array.of(0, 255), [0, 255]],
  ["'<i2'", Int16Array.of(-32768, 5), [-32768, 5]],
  ["'<u2'", Uint16Array.of(65535, 5), [65535, 5]],
  ["'<i4'", Int32Array.of(-70000, 5), [-70000, 5]],
  ["'<u4'", Uint32Array.of(70000, 5), [70000, 5]],
  ["'<i8'", BigInt64Array.of(-7n, 5n), [-7, 5]],
  ["'<u8'", BigUint64Array.of(7n, 5n), [7, 5]],
];

for (const version of [1, 2, 3])
  test(`every type of number, version ${version}`, (t) => {
    for (const [descr, body, numbers] of kinds) {
      const { data, shape } = parseNpy("x.npy", file(version, descr, `(1, ${numbers.length})`, bytes(body)));
      t.deepEqual([...data], numbers, descr);
      t.deepEqual(shape, [1, numbers.length]);
    }
  });

test("one dimension, and none", (t) => {
  t.deepEqual(parseNpy("x.npy", file(1, "'<f4'", "(2,)", bytes(Float32Array.of(3, 4)))).shape, [2]);
  const one = parseNpy("x.npy", file(1, "'<f4'", "()", bytes(Float32Array.of(3))));
  t.deepEqual([one.shape, [...one.data]], [[], [3]]);
});

test("what is written is read back, and begins where NumPy's files do", (t) => {
  const made = npyOf([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
  t.deepEqual(parseNpy("x.npy", made), { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
  t.is((made.length - 24) % 64, 0);
  t.is(made[made.length - 25], 10);
});

const four = bytes(Float32Array.of(1, 2, 3, 4));
const refusals: [title: string, bytes: Buffer, message: RegExp][] = [
  ["another file", readFileSync("package.json"), /x\.npy is not a \.npy file/],
  ["a version to come", file(4, "'<f4'", "(4,)", four), /version 4; 1, 2 or 3/],
  ["a header cut short", file(1, "'<f4'", "(4,)", four).subarray(0, 30), /ends within its header: it has 30 bytes/],
  ["a length cut short", file(2, "'<f4'", "(4,)", four).subarray(0, 9), /ends within its header: it has 9 bytes/],
  ["numbers cut short", file(1, "'<f4'", "(5,)", four), /declares 5 numbers of 4 bytes, but 16 bytes follow/],
  ["complex numbers", file(1, "'<c8'", "(2,)", four), /holds '<c8'; expected numbers .* array\.astype/],
  ["a record", file(1, "[('a', '<f4')]", "(4,)", four), /holds \[\('a', '<f4'\)\]; expected numbers/],
  ["big-endian", file(1, "'>f4'", "(4,)", four), /is big-endian; save array\.astype/],
  ["Fortran order", file(1, "'<f4'", "(2, 2)", four, "True"), /Fortran order; save numpy\.ascontiguousarray/],
  ["no shape", file(1, "'<f4'", "None", four), /has no shape in its header/],
];
for (const [title, given, message] of refusals)
  test(`refused: ${title}`, (t) => {
    t.throws(() => parseNpy("x.npy", given), { name: "UserError", message });
  });
