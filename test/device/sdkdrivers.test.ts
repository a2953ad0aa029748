import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { checkConfig } from "../../host-tools/node/check.js";
import { sdkDriverManifest, sdkDrivers } from "../../host-tools/node/sdkDrivers.js";
import { needs, sdkSources } from "../helpers/needs.js";
import { withValues } from "../node/descriptions.js";
import { lastOf, slow, windowOf, wired } from "./helpers/chips.js";

const manifest = "sdkdrivers.manifest.json";
const driver = (name: string, address: number, quantity: string, io = "smbus") => ({
  chip: "ecma419",
  driver: `embedded:sensor/${name}`,
  quantity,
  sensor: { io, ...wired, address },
});

needs(sdkSources)("the SDK's MPU6050: six quantities of one driver, at 25 Hz, with a spectrum", async (t) => {
  const imu = (quantity: string) => driver("Accelerometer-Gyroscope/MPU6050", 0x68, quantity);
  const sensors = ["x", "y", "z"].flatMap((axis) => [
    slow(`a${axis}`, "m/s²", [-20, 20], imu(`accelerometer.${axis}`), 25),
    slow(`g${axis}`, "°/s", [-250, 250], imu(`gyroscope.${axis}`), 25),
  ]);
  const bands = [
    [1, 4],
    [4, 6],
    [6, 12],
  ];
  const [, isFit, named] = lastOf(await windowOf(sensors, { spectra: [{ sensor: "ay", size: 32, bands }] }, manifest));
  t.true(isFit);
  // A step of 16 bits is 0.6 mm/s² at 2 g and 0.008 °/s at 250 °/s; the driver takes 131.07 steps for 131.
  const near = (name: string, value: number, off: number) =>
    t.true(Math.abs(named[`${name}.mean`]! - value) <= off, JSON.stringify(named));
  near("ax", 0, 0.001);
  near("ay", 0, 0.001);
  near("az", 9.807, 0.001);
  near("gx", 30, 0.03);
  near("gy", 0, 0.01);
  near("gz", -90, 0.06);
  t.true(named["ay.4-6Hz"]! > 4 + Math.max(named["ay.1-4Hz"]!, named["ay.6-12Hz"]!), JSON.stringify(named));
});

needs(sdkSources)("the SDK's SHT3x: two quantities of one driver", async (t) => {
  const climate = (quantity: string) => driver("Humidity-Temperature/SHT3x", 0x44, quantity, "i2c");
  const said = await windowOf(
    [
      slow("t", "°C", [-40, 60], climate("thermometer.temperature")),
      slow("h", "%RH", [0, 100], climate("hygrometer.humidity")),
    ],
    {},
    manifest,
  );
  const [, isFit, named] = lastOf(said);
  t.true(isFit, JSON.stringify(said));
  const near = (name: string, value: number, off: number) =>
    t.true(Math.abs(named[`${name}.mean`]! - value) <= off, JSON.stringify(named));
  near("t", 21.5, 0.003);
  near("h", 43, 0.002);
});

needs(sdkSources)("the SDK's BMP280, which has C of its own: two quantities, one with a scale", async (t) => {
  const air = (quantity: string) => driver("Barometer-Temperature/BMP280", 0x77, quantity, "i2c");
  const said = await windowOf(
    [
      slow("p", "hPa", [300, 1100], { ...air("barometer.pressure"), scale: 0.01 }),
      slow("box", "°C", [-40, 60], air("thermometer.temperature")),
    ],
    {},
    manifest,
  );
  const [, isFit, named] = lastOf(said);
  t.true(isFit, JSON.stringify(said));
  // The data sheet's example: 25.08 °C, 100653.27 Pa.
  t.true(Math.abs(named["p.mean"]! - 1006.5327) < 0.02, JSON.stringify(named));
  t.true(Math.abs(named["box.mean"]! - 25.08) < 0.006, JSON.stringify(named));
});

needs(sdkSources)("the SDK's TTP223, which opens its pin only for someone who listens", async (t) => {
  const touch = {
    chip: "ecma419",
    driver: "embedded:sensor/Switch/TTP223",
    quantity: "position",
    sensor: { io: "digital", pin: 4 },
  };
  const said = await windowOf([slow("touch", "on", [0, 1], touch)], {}, manifest);
  const [, isFit, named] = lastOf(said);
  t.true(isFit, JSON.stringify(said));
  // Its pull-up is on, and nothing pulls the simulated wire down.
  t.is(named["touch.mean"], 1);
});

needs(sdkSources)("another chip on the address: the driver's own report is the sensor's error", async (t) => {
  const said = await windowOf(
    [slow("ax", "m/s²", [-20, 20], driver("Accelerometer-Gyroscope/MPU6050", 0x48, "accelerometer.x"))],
    {},
    manifest,
  );
  t.deepEqual(said[0], ["error", "ax", "Error: embedded:sensor/Accelerometer-Gyroscope/MPU6050: unexpected sensor"]);
  t.deepEqual(said[1], ["fault", "ax", "missing", 30]);
});

needs(sdkSources)("the table of the SDK's drivers is the SDK's", (t) => {
  for (const name of sdkDrivers) {
    const file = sdkDriverManifest(name)!.replace("$(MODDABLE)", process.env["MODDABLE"]!);
    t.true(existsSync(file), file);
    t.true(readFileSync(file, "utf8").includes(`"${name}"`), `${path.basename(path.dirname(file))}: ${name}`);
  }
});

test("a driver of the SDK that throws with every sample is refused, with the one to take", (t) => {
  const hardware = driver("Humidity-Temperature/HTU21D", 0x40, "thermometer.temperature", "i2c");
  const sensors = [slow("t", "°C", [-40, 60], hardware)];
  const features = { statistics: ["mean"], spanSeconds: 10, spectra: [], correlations: [] };
  const error = t.throws(() => checkConfig(withValues({ sensors, features })));
  t.true(
    error.message.includes(
      'sensors[0].hardware.driver: "embedded:sensor/Humidity-Temperature/HTU21D", expected "embedded:sensor/Humidity-Temperature/SI7020"',
    ),
    error.message,
  );
});

test("a driver that the SDK has not has no manifest", (t) => {
  t.is(sdkDriverManifest("embedded:sensor/Temperature/LM76"), undefined);
  t.is(sdkDriverManifest("embedded:sensor/toString"), undefined);
});
