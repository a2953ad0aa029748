/** Files that are not text: what is in them, by the formats' own pages. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { encode } from "cborg";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { npyOf } from "tfjs-to-tflite/graph/npy.js";
import { openSource } from "../../host-tools/import/sources.js";
import type { CheckedNode } from "../../host-tools/node/schema/node.js";
import type { Cell } from "../../host-tools/import/table.js";
import { folderOf, importFiles, nodeOf, writtenOf } from "./importing.js";

/** A file of chunks: RIFF, the format (code, channels, rate, bits), then another chunk, then the samples. */
function wavOf(
  code: number,
  channels: number,
  rate: number,
  bits: number,
  data: Buffer,
  extension = Buffer.alloc(0),
): Buffer {
  const chunk = (name: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.write(name, "latin1");
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const format = Buffer.alloc(16);
  [code, channels].forEach((value, i) => format.writeUInt16LE(value, 2 * i));
  [rate, (rate * channels * bits) / 8].forEach((value, i) => format.writeUInt32LE(value, 4 + 4 * i));
  [(channels * bits) / 8, bits].forEach((value, i) => format.writeUInt16LE(value, 12 + 2 * i));
  const chunks = [
    chunk("fmt ", Buffer.concat([format, extension])),
    chunk("LIST", Buffer.from("INFOx")),
    chunk("data", data),
  ];
  return Buffer.concat([chunk("RIFF", Buffer.concat([Buffer.from("WAVE"), ...chunks]))]);
}

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
/** WAVE_FORMAT_EXTENSIBLE: size, valid bits, speakers, and a GUID that begins with the code. */
const extension = Buffer.concat([bytes(22, 0, 16, 0, 3, 0, 0, 0, 1, 0), Buffer.alloc(14)]);

const sounds: [name: string, file: Buffer, rows: number[][]][] = [
  ["8 bits", wavOf(1, 1, 8000, 8, bytes(128, 255, 0, 64)), [[0], [127 / 128], [-1], [-0.5]]],
  [
    "16 bits, two channels",
    wavOf(1, 2, 16000, 16, bytes(0, 0x40, 0, 0x80, 1, 0, 0xff, 0xff)),
    [
      [0.5, -1],
      [2 ** -15, -(2 ** -15)],
    ],
  ],
  ["24 bits", wavOf(1, 1, 48000, 24, bytes(0, 0, 0x40, 0, 0, 0x80, 1, 0, 0)), [[0.5], [-1], [2 ** -23]]],
  ["32 bits", wavOf(1, 1, 48000, 32, bytes(0, 0, 0, 0xc0)), [[-0.5]]],
  ["floats", wavOf(3, 1, 44100, 32, floats(0.25, -1.5)), [[0.25], [-1.5]]],
  ["extensible", wavOf(0xfffe, 2, 16000, 16, bytes(0, 0x20, 0, 0xe0), extension), [[0.25, -0.25]]],
];
for (const [name, content, expected] of sounds)
  test(`WAV, ${name}`, async (t) => {
    const { table } = await openSource(path.join(await folderOf(t, { "a.wav": content }), "a.wav"));
    const rows: Cell[][] = [];
    table.rows((cells) => void rows.push([...cells]));
    t.deepEqual(rows, expected);
  });

test("a WAV file of another coding, and one without sound, are refused", async (t) => {
  const folder = await folderOf(t, {
    "a.wav": wavOf(2, 1, 8000, 4, bytes(1, 2)),
    "b.wav": Buffer.from("RIFF\x04\0\0\0WAVE", "latin1"),
  });
  await t.throwsAsync(openSource(path.join(folder, "a.wav")), {
    name: "UserError",
    message: /a\.wav: WAV of coding 2 with 4 bits; expected PCM of 8, 16, 24 or 32 bits/,
  });
  await t.throwsAsync(openSource(path.join(folder, "b.wav")), {
    name: "UserError",
    message: /b\.wav: a WAV file without its format/,
  });
});

test("sound becomes the levels that the board's microphone would report", async (t) => {
  const base = nodeOf(["noise", "dBFS", 4, [-100, 10]], ["whine", "dBFS", 4, [-100, 10]]);
  const hardware = { chip: "microphone", sampleRate: 16_000, size: 256, clock: 26, select: 25, data: 33 };
  const [noise, whine] = base.sensors;
  const config = {
    ...base,
    sensors: [
      { ...noise!, hardware },
      { ...whine!, hardware: { ...hardware, band: [900, 1100] } },
    ],
  } as unknown as CheckedNode;
  // A sine of half the full scale is at -6.02 dBFS, and all of it in its band; then silence, of 16 bits. At 48 kHz, 3 s each.
  const sound = Int16Array.from({ length: 6 * 48_000 }, (_, i) =>
    i < 3 * 48_000 ? Math.round(16_384 * Math.sin((2 * Math.PI * 1000 * i) / 48_000)) : 0,
  );
  const folder = await folderOf(t, { "p.wav": wavOf(1, 1, 48_000, 16, Buffer.from(sound.buffer)) });
  const { refused, ...report } = await importFiles([folder], { config, label: "p" });
  t.deepEqual(refused, []);
  const [{ values, times }] = writtenOf({ refused, ...report }) as [ReturnType<typeof writtenOf>[0]];
  t.is(times.length, 23);
  for (const channel of values) {
    for (const level of channel.slice(1, 11)) t.true(Math.abs(level + 6.02) < 0.3, `${level}`);
    for (const level of channel.slice(14)) t.true(level < -80, `${level}`);
  }
});

const acquisition = (values: unknown) => ({
  protected: { ver: "v1", alg: "none", iat: 1772690400 },
  signature: "0",
  payload: {
    ...{ device_name: "ac:87:a3:0a:2d:1b", device_type: "DISCO-L475VG-IOT01A", interval_ms: 50 },
    sensors: [
      { name: "accX", units: "m/s2" },
      { name: "accY", units: "m/s2" },
    ],
    values,
  },
});
const values = Array.from({ length: 200 }, (_, i) => [9.80665 * (i % 2), 0]);

for (const [extensionName, content] of [
  ["json", JSON.stringify(acquisition(values))],
  ["cbor", encode(acquisition(values))],
] as const)
  test(`Edge Impulse's ${extensionName}: sensors and units, interval, label of its name, time of its signature`, async (t) => {
    const folder = await folderOf(t, {
      [`data/p.3k2f.${extensionName}`]: content,
      "data/other.json": '{ "loamImport": 1 }',
    });
    const config = nodeOf(["accX", "g", 20, [-2, 2]]);
    const report = await importFiles([path.join(folder, "data")], { config });
    t.deepEqual(report.refused, []);
    const [{ times, values: read, labels }] = writtenOf(report) as [ReturnType<typeof writtenOf>[0]];
    t.deepEqual([times[0], times[1], read[0]![0], read[0]![1], labels[0]], [1772690400, 1772690400.05, 0, 1, "p"]);
    t.deepEqual(report.files[0]!.unused, ["accY"]);
    // Time and label are each file's own.
    t.deepEqual(Object.keys(report.files[0]!.mapping).sort(), ["csv", "loamImport", "sensors"]);
  });

test("what is no data acquisition is refused", async (t) => {
  const folder = await folderOf(t, {
    "a.json": "{}",
    "b.json": JSON.stringify(acquisition([[1]])),
    "c.cbor": bytes(0xff, 0xff),
    "d.dat": bytes(1, 0, 2, 0),
    "e.csv": Buffer.from("\ufefftime,a\n", "utf16le"),
  });
  const refused: [file: string, message: RegExp][] = [
    ["a.json", /a\.json: no data acquisition of Edge Impulse: payload/],
    ["b.json", /b\.json: payload\.values\[0\] has another number of readings than there are sensors, 2/],
    ["c.cbor", /c\.cbor: not CBOR/],
    ["d.dat", /d\.dat: binary data of no known kind; known are WAV, \.npy, \.npz, Parquet and Edge Impulse's CBOR/],
    ["e.csv", /e\.csv is UTF-16; save it as UTF-8/],
  ];
  for (const [file, message] of refused)
    await t.throwsAsync(openSource(path.join(folder, file)), { name: "UserError", message });
});

test("arrays of NumPy: samples by columns, at a rate that is said", async (t) => {
  const folder = await folderOf(t, {
    "a.npy": npyOf(
      [100, 2],
      Float32Array.from({ length: 200 }, (_, i) => i),
    ),
    "b.npy": npyOf([2, 50, 2], new Float32Array(200)),
  });
  const a = await importFiles([path.join(folder, "a.npy")], { column: ["a=2"], rate: 10 });
  t.deepEqual(a.refused, []);
  t.deepEqual(
    writtenOf(a)[0]!.values[0],
    Array.from({ length: 100 }, (_, i) => 2 * i + 1),
  );
  const b = await importFiles([path.join(folder, "b.npy")], { rate: 10 });
  t.regex(b.refused[0]!.reason, /b\.npy: an array of shape \[2, 50, 2\]; expected \[samples\] or \[samples, columns\]/);
});

test("archives of NumPy: arrays by their names, compressed or not", async (t) => {
  const array = (start: number, ...shape: number[]): Uint8Array =>
    npyOf(
      shape,
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => start + i),
    );
  const files = {
    "DE.npy": array(0, 100, 1),
    "FE.npy": array(1000, 100),
    "both.npy": array(0, 100, 2),
    "rpm.npy": array(1730, 1),
  };
  const folder = await folderOf(t, {
    "a.npz": zipSync(files),
    "b.npz": zipSync(files, { level: 0 }),
    "c.npz": zipSync({ "rpm.npy": array(1, 1) }),
  });
  for (const name of ["a.npz", "b.npz"]) {
    const report = await importFiles([path.join(folder, name)], { column: ["a=FE"], rate: 10 });
    t.deepEqual(report.refused, []);
    t.is(writtenOf(report)[0]!.values[0]![99], 1099);
    t.deepEqual(report.files[0]!.unused, ["DE", "both1", "both2"]);
  }
  const none = await importFiles([path.join(folder, "c.npz")], { rate: 10 });
  t.regex(none.refused[0]!.reason, /c\.npz: an archive without arrays of samples/);
});

test("Parquet: dates, numbers and text by columns", async (t) => {
  const count = 100;
  const list = <T>(at: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => at(i));
  const content = parquetWriteBuffer({
    columnData: [
      { name: "Timestamp", data: list((i) => new Date(1772690400000 + 100 * i)), type: "TIMESTAMP" },
      { name: "a", data: list((i) => i / 4), type: "DOUBLE" },
      { name: "count", data: list(BigInt), type: "INT64" },
      { name: "activity", data: list((i) => (i < 50 ? "P" : "q")), type: "STRING" },
    ],
  });
  const folder = await folderOf(t, { "a.parquet": new Uint8Array(content), "b.parquet": "PAR1 and no more" });
  await mkdir(path.join(folder, "empty"));
  const report = await importFiles([path.join(folder, "a.parquet")]);
  t.deepEqual(report.refused, []);
  const [{ times, values: read, labels }] = writtenOf(report) as [ReturnType<typeof writtenOf>[0]];
  t.deepEqual([times[0], times[1], read[0]![3], labels[0], labels[99]], [1772690400, 1772690400.1, 0.75, "p", "q"]);
  const counts = await importFiles([path.join(folder, "a.parquet")], { column: ["a=count"] });
  t.is(writtenOf(counts)[0]!.values[0]![99], 99);
  const broken = await importFiles([path.join(folder, "b.parquet")]);
  t.regex(broken.refused[0]!.reason, /b\.parquet: no Parquet file that can be read/);
  await t.throwsAsync(importFiles([path.join(folder, "empty")]), {
    message: /empty has no file that can be imported; those end in \.csv, .*\.parquet/,
  });
});
