// Slow: runs the whole node many times
import test from "ava";
import { lastOf, slow, windowOf, wired } from "./helpers/chips.js";

const axis = (name: "x" | "y" | "z", settings: object = {}) => ({
  name,
  unit: "m/s²",
  rate: 64,
  range: [-20, 20],
  stuckSeconds: 0,
  hardware: { chip: "lis3dh", axis: name, ...wired, address: 24, ...settings },
});
const spectrum = (sensor: string) => ({
  sensor,
  size: 128,
  bands: [
    [9, 11],
    [20, 30],
  ],
});

test("three axes of one LIS3DH are one driver; gravity is measured, and taken away where the description says so", async (t) => {
  const axes = (settings: object) => (["z", "x", "y"] as const).map((name) => axis(name, settings));
  const withGravity = await windowOf(axes({}), { spectra: [spectrum("x")] });
  t.is(withGravity.length, 1);
  const [, isFit, named] = lastOf(withGravity);
  t.true(isFit);
  // The chip resolves 4 mg, 0.04 m/s².
  const near = (name: string, value: number) => t.true(Math.abs(named[name]! - value) < 0.04, `${name} ${named[name]}`);
  near("z.mean", 8.83);
  near("x.mean", 1.5);
  near("y.mean", -4);
  t.true(named["x.9-11Hz"]! > 100 * named["x.20-30Hz"]!, JSON.stringify(named));
  const [, , filtered] = lastOf(await windowOf(axes({ highPass: true }), {}));
  for (const name of ["x", "y", "z"]) t.true(Math.abs(filtered[`${name}.mean`]!) < 0.04, JSON.stringify(filtered));
});

test("a battery behind a divider, a 4 to 20 mA loop, and one whose wire is open", async (t) => {
  const loop = { chip: "loop", ohms: 100, at4: 0, at20: 10 };
  const said = await windowOf([
    slow("battery", "V", [0.3, 4.9], { chip: "analog", pin: 35, scale: 2 }),
    slow("pressure", "bar", [-0.25, 10.5], { ...loop, pin: 39 }, 10),
    slow("level", "m", [-0.25, 10.5], { ...loop, pin: 36 }),
  ]);
  t.deepEqual(said[0], ["fault", "level", "missing", 30]);
  const [, isFit, named] = lastOf(said);
  t.false(isFit);
  // A step of the ADC is 0.6 mV: 1.2 mV of the battery, 3.7 mbar.
  t.true(Math.abs(named["battery.mean"]! - 3.8) < 0.002, JSON.stringify(named));
  t.true(Math.abs(named["pressure.mean"]! - 5) < 0.004, JSON.stringify(named));
});

test("a driver in the node's folder: module, settings, scale and offset of the description", async (t) => {
  const sensor = { io: "smbus", ...wired, address: 0x48 };
  const hardware = { chip: "ecma419", driver: "drivers/tmp102", manifest: "./drivers/manifest.json", sensor };
  for (const settings of [{}, { extendedRange: true }]) {
    const [, isFit, named] = lastOf(
      await windowOf([slow("celsius", "°C", [-40, 125], { ...hardware, settings, quantity: "temperature" }, 4)]),
    );
    t.true(isFit);
    t.is(named["celsius.mean"], -12.5);
  }
  const scaled = { ...hardware, quantity: "temperature", scale: 1.8, offset: 32 };
  const [, , fahrenheit] = lastOf(await windowOf([slow("f", "°F", [-40, 250], scaled)]));
  t.is(fahrenheit["f.mean"], 9.5);
  const said = await windowOf([slow("f", "°F", [-40, 250], { ...scaled, quantity: "thermometer.temperature" }, 10)]);
  t.deepEqual(said[0], ["fault", "f", "missing", 300]);
});

test("an I2S microphone: level and bands of blocks, in dBFS and in dB of sound pressure", async (t) => {
  const microphone = { chip: "microphone", clock: 4, select: 16, data: 17 };
  const sensors = (settings: object, unit: string, range: [number, number]) => [
    slow("level", unit, range, { ...microphone, ...settings }, 10),
    slow("low", unit, range, { ...microphone, ...settings, band: [900, 1100] }, 10),
    slow("high", unit, range, { ...microphone, ...settings, band: [2900, 3100] }, 10),
    slow("none", unit, range, { ...microphone, ...settings, band: [5000, 7000] }, 10),
  ];
  const said = await windowOf(sensors({}, "dBFS", [-87.3, 3]));
  const [, isFit, named] = lastOf(said);
  t.true(isFit);
  t.is(said.length, 1, "all blocks arrive, also the first and the last");
  const near = (name: string, value: number) =>
    t.true(Math.abs(named[`${name}.mean`]! - value) < 0.3, `${name} ${JSON.stringify(named)}`);
  near("level", 10 * Math.log10(0.01 + 0.0001));
  near("low", -20);
  near("high", -40);
  t.true(named["none.mean"]! < -70, JSON.stringify(named));
  const [, , pressure] = lastOf(await windowOf(sensors({ sensitivity: -26 }, "dB", [32.7, 120])));
  t.true(Math.abs(pressure["low.mean"]! - 100) < 0.3, JSON.stringify(pressure));
});
