import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";
import { buildHost, runHost } from "../../host-tools/xs/index.js";

test("field sensors on simulated chips: values, and each fault is reported as missing samples", async (t) => {
  const here = path.join(loamRoot, "test/device");
  const program = await buildHost({
    manifest: path.join(here, "field.manifest.json"),
    main: path.join(here, "field.xs.ts"),
  });
  const run = await runHost(program, { timeoutMs: 60_000 });
  t.is(run.exitCode, 0, run.stderr);
  const silent = (address: number) => `Error: I2C: write failed, no acknowledgement from address ${address}`;
  // 3 m/s² of 12 Hz have a mean square root of 2.12; the pin at 0.575 lies half way between dry (0.8) and wet (0.35).
  const said = run.lines.map((line) => JSON.parse(line) as unknown[]);
  const overrun = said.findIndex(([kind, name]) => kind === "window" && name === "accelerometer back, overrun");
  const [, , kind, lost] = said[overrun - 1]!;
  t.is(kind, "missing");
  t.true((lost as number) >= 16 && (lost as number) <= 96, `${String(lost)} samples lost`);
  t.is(said[overrun]![2], true);
  // The resampler follows the chip's clock: the tone stays at 12 Hz, and is as large but for what following it costs.
  const slow = said.find(([, name]) => name === "chip 4 % slow")!;
  t.true(Math.abs((slow[4] as number) - 2.12) < 0.03, `${String(slow[4])} m/s²`);
  slow[4] = "about 2.12";
  t.deepEqual(
    said.filter((_, index) => index !== overrun && index !== overrun - 1),
    [
      ["window", "good", true, [24.99, 20, 50], 2.12, 12],
      ["fault", "humidity", "missing", 30],
      ["window", "wrong checksum", false, [24.99, 20, 0], 2.12, 12],
      ["error", "temperature", silent(0x44)],
      ["error", "humidity", silent(0x44)],
      ["fault", "temperature", "missing", 30],
      ["fault", "humidity", "missing", 30],
      ["window", "no climate chip", false, [24.99, 0, 0], 2.12, 12],
      ["fault", "soil", "missing", 30],
      ["window", "probe off", false, [0, 20, 50], 2.12, 12],
      ["window", "chip 4 % slow", true, [0, 20, 50], "about 2.12", 12],
      // Above half of 64 Hz: it must not come back as 19 Hz.
      ["window", "45 Hz", true, [0, 20, 50], 0.01, 0],
      ["error", "vibration", silent(0x18)],
      ["fault", "vibration", "missing", 1920],
      ["window", "no accelerometer", false, [0, 20, 50], 0, 0],
      ["error", "vibration", "Error: LIS3DH: register WHO_AM_I at address 24 is 17, a LIS3DH has 51"],
      ["fault", "vibration", "missing", 1920],
      ["window", "another chip", false, [0, 20, 50], 0, 0],
    ],
  );
});
