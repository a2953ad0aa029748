import test from "ava";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "programs/parts");
const manifest = path.join(folder, "manifest.json");
const main = path.join(folder, "all.ts");
const startTime = Date.UTC(2026, 5, 1);

// What the SDK's documentation says of each, worked out by hand for all.ts.
const expected: [name: string, value: unknown][] = [
  ["config", { deep: { value: 1, platform: "lin" } }],
  ["module", "two of lib/one"],
  ["native", [14, 20, true, true]],
  ["resource", [10, "cde", "100,101"]],
  ["resource in place", "105,106"],
  ["resource exists", [true, false]],
  ["resource is read-only", "TypeError: TypedArray.prototype.@fxTypedArraySetter: read-only buffer"],
  ["modules", [true, false, "lib/one", []]],
  ["instrumentation", true],
  ["flash", [16384, 4096, "240,3,255,255"]],
  [
    "flash error",
    "RangeError: @xs_simflash_read: flash: 8 bytes at 16380 are outside partition session of 16384 bytes",
  ],
  [
    "flash error",
    "RangeError: @xs_simflash_erase: flash: 4096 bytes at 16384 are outside partition session of 16384 bytes",
  ],
  ["flash error", "RangeError: @xs_simflash_write: flash: the buffer has 2 bytes, 3 are to be written"],
  ["flash error", 'Error: @xs_simflash: flash: no partition "none"'],
  ["time", [3, 3, 3]],
  ["ticks", [1, 1]],
  ["script time", [true, 10]],
  [
    "digital",
    [
      [
        [5, 1],
        [5, 0],
      ],
      0,
    ],
  ],
  ["await", true],
  ["timer", "late"],
  ["edge", [1, 20]],
];

const parse = (lines: string[]): [string, unknown][] =>
  lines.map((line) => {
    const { name, value } = JSON.parse(line) as { name: string; value: unknown };
    return [name, value];
  });

test("the SDK's modules behave on this machine as on the device", async (t) => {
  const result = await runHost(await buildHost({ manifest, main }), { startTime, timeoutMs: 60_000 });
  t.is(result.exitCode, 0, result.stderr);
  t.deepEqual(parse(result.lines), expected);
  t.true(result.heap!.peakBytes > result.heap!.slots * 16 && result.heap!.peakBytes < result.heap!.limit);
});

test("the same program gives the same output and the same heap figures each time", async (t) => {
  const program = await buildHost({ manifest, main });
  const runs = await Promise.all([1, 2, 3].map(() => runHost(program, { startTime })));
  for (const run of runs) {
    t.deepEqual(run.lines, runs[0]!.lines);
    t.deepEqual(run.heap, runs[0]!.heap);
  }
});

test("a resource can be replaced for one run", async (t) => {
  const result = await runHost(await buildHost({ manifest, main }), {
    resources: { "letters.bin": path.join(folder, "manifest.json") },
  });
  const { value } = JSON.parse(result.lines.find((line) => line.includes(`"resource"`))!) as { value: [number] };
  t.is(value[0], (await readFile(manifest)).length);
});

test("the sanitizers find no fault in the platform or the manifest's C", async (t) => {
  const result = await runHost(await buildHost({ manifest, main, sanitize: true }), {
    startTime,
    env: { ASAN_OPTIONS: "detect_leaks=0" },
    timeoutMs: 120_000,
  });
  t.is(result.exitCode, 0, result.stderr);
  t.deepEqual(parse(result.lines), expected);
});
