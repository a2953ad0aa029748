/** What the driver filters, the import filters. */
import test from "ava";
import { highPass } from "../../host-tools/import/filter.js";
import { folderOf, importFiles, nodeOf, writtenOf } from "./importing.js";

const rate = 100;
const ticks = Int32Array.from({ length: 20_000 }, (_, i) => i);
const amplitudeOf = (values: Float64Array): number =>
  values.subarray(values.length / 2).reduce((most, value) => Math.max(most, Math.abs(value)), 0);

test("a first-order high-pass: -3 dB at its cutoff, 20 dB less a decade below, all of it above", (t) => {
  for (const [frequency, gain] of [
    [0.5, Math.SQRT1_2],
    [0.05, 0.0995],
    [5, 0.995],
  ] as const) {
    const out = highPass(
      { rate, ticks },
      Float64Array.from(ticks, (i) => Math.sin((2 * Math.PI * frequency * i) / rate)),
      0.5,
    );
    // The digital filter's cutoff is the analog one's to a part in 60: 2 pi * 0.5 / 100, halved.
    t.true(Math.abs(amplitudeOf(out) / gain - 1) < 0.03, `${frequency} Hz: ${amplitudeOf(out)}`);
  }
  t.is(amplitudeOf(highPass({ rate, ticks }, new Float64Array(ticks.length).fill(9.81), 0.5)), 0);
});

test("gravity is taken out of readings for a sensor whose board does so, unless they were recorded with the filter", async (t) => {
  const base = nodeOf(["z", "m/s²", 20, [-20, 20]]);
  const hardware = {
    chip: "lis3dh",
    axis: "z",
    data: 21,
    clock: 22,
    address: 24,
    hz: 400_000,
    fullScale: 2,
    highPass: true,
  } as const;
  const config = { ...base, sensors: [{ ...base.sensors[0]!, hardware }] };
  const text = `time,z\n${Array.from({ length: 4000 }, (_, i) => `${i / 20},${9.8 + Math.sin((2 * Math.PI * 5 * i) / 20 + 0.5)}\n`).join("")}`;
  const folder = await folderOf(t, { "a.csv": text });
  const meanOf = (values: number[]): number => values.slice(2000).reduce((sum, value) => sum + value, 0) / 2000;
  const filtered = await importFiles([folder], { config });
  t.true(Math.abs(meanOf(writtenOf(filtered)[0]!.values[0]!)) < 0.01);
  // The next output data rate is 25 Hz, of which the cutoff is a 200th (LIS3DH, table 31; AN3308).
  t.regex(filtered.files[0]!.warnings.join(), /z: high-pass filter of 0\.125 Hz, as on the board/);
  t.deepEqual(filtered.differences, []);
  const already = await importFiles([folder], { config, filtered: true });
  t.true(Math.abs(meanOf(writtenOf(already)[0]!.values[0]!) - 9.8) < 0.01);
  t.regex(
    already.differences.join(),
    /z: the recordings' mean is 9\.8 m\/s²: they hold gravity, which "highPass": true takes away/,
  );
});
