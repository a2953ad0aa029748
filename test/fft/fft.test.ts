import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

const native = path.join(loamRoot, "native/fft");
const here = path.join(loamRoot, "test/fft");

test("the sine table is Math.sin, rounded to float", (t) => {
  const numbers = [...readFileSync(path.join(native, "fftTable.c"), "utf8").matchAll(/(-?\d[\d.e-]*)f/g)].map((match) =>
    Math.fround(Number(match[1])),
  );
  t.deepEqual(
    numbers,
    Array.from({ length: 257 }, (_, k) => Math.fround(Math.sin((2 * Math.PI * k) / 1024))),
  );
});

test("the core agrees with a direct DFT, and is clean under the sanitizers", (t) => {
  const folder = path.join(buildRoot, "test");
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, `fft-${process.pid}`);
  const sources = [path.join(here, "fftTest.c"), path.join(native, "fft.c"), path.join(native, "fftTable.c")];
  execFileSync(process.env["CC"] ?? "cc", [
    "-std=c99",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-ffp-contract=off",
    "-g",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover",
    `-I${native}`,
    ...sources,
    "-lm",
    "-o",
    program,
  ]);
  const lines = execFileSync(program, { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  const forward = lines.filter(([what]) => what === "forward");
  t.deepEqual(
    forward.map(([, size]) => Number(size)),
    [16, 32, 64, 128, 256, 512, 1024],
  );
  for (const [, size, error] of forward) t.true(Number(error) < 1e-6, `size ${size}: ${error}`);
  t.true(Number(lines.find(([what]) => what === "log2")![2]) < 1e-9);
  t.deepEqual(
    lines.find(([what]) => what === "refused"),
    ["refused", "1", "1", "1", "1", "2", "2"],
  );
  t.is(Number(lines.find(([what]) => what === "silence")![2]), -30);
});

const sample = (n: number): number => Math.fround(Math.sin(n * 0.61) + 0.5 * Math.cos(n * 1.9) + n / 300);

function dft(x: number[]): { re: number; im: number }[] {
  return Array.from({ length: x.length / 2 + 1 }, (_, k) => {
    let re = 0;
    let im = 0;
    x.forEach((value, n) => {
      re += value * Math.cos((2 * Math.PI * k * n) / x.length);
      im -= value * Math.sin((2 * Math.PI * k * n) / x.length);
    });
    return { re, im };
  });
}

test("under XS: spectrum, power and bands against a direct DFT; bad arguments are refused", async (t) => {
  const run = await runHost(await buildHost({ manifest: path.join(here, "manifest.json") }));
  t.is(run.exitCode, 0, run.stderr);
  const results = run.lines
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { size: number; spectrum: number[]; power: number[]; band: number });
  t.is(results.length, 7);
  for (const { size, spectrum, power, band } of results) {
    const x = Array.from({ length: size }, (_, n) => sample(n));
    const expected = dft(x);
    const largest = Math.max(...expected.map(({ re, im }) => Math.hypot(re, im)));
    expected.forEach(({ re, im }, k) => {
      const got =
        k === 0 ? [spectrum[0]!, 0] : k === size / 2 ? [spectrum[1]!, 0] : [spectrum[2 * k]!, spectrum[2 * k + 1]!];
      t.true(Math.hypot(re - got[0]!, im - got[1]!) < 1e-6 * largest, `size ${size}, bin ${k}`);
    });
    const windowed = x.map((value, n) => (value - 0.25) * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size)));
    const squares = x.reduce((sum, _, n) => sum + (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size)) ** 2, 0);
    const powers = dft(windowed).map(
      ({ re, im }, k) => ((re * re + im * im) / (size * squares)) * (k === 0 || k === size / 2 ? 1 : 2),
    );
    const top = Math.max(...powers);
    powers.forEach((value, k) =>
      t.true(Math.abs(value - power[k]!) < 1e-6 * top, `size ${size}, power ${k}: ${power[k]}, expected ${value}`),
    );
    t.true(
      Math.abs(band - Math.log2(2 ** -30 + powers.slice(1, size / 4).reduce((sum, value) => sum + value, 0))) < 1e-5,
    );
  }
  const refusals = JSON.parse(run.lines.at(-1)!) as string[];
  const patterns = [
    /size 24, a power of two/,
    /size 2048/,
    /60 bytes, 64 expected/,
    /16 samples from 16 of a ring of 16/,
    /bins 3 to 10, there are 9/,
    /bin -1, there are 9/,
    /closed/,
  ];
  patterns.forEach((pattern, index) => t.regex(refusals[index]!, pattern));
});
