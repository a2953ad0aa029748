/**
 * Three windows of the sensors that the argument names, of an accelerometer's three axes and a microphone's level and band, through their drivers and the sampler. The emulated
 * chip counts at the journal's line of each.
 */
import bus from "sim/i2cbus";
import { Lis3dhSim } from "sim/lis3dh";
import { setSound } from "sim/sound";
import Host from "host";
import type { NodeConfig } from "config";
import { Intake } from "intake";
import { Sampler } from "sampler";
import openSensor from "sensors";

const names = Host.args[0]!.split(",");
const of = (name: string, rate: number, hardware: object) => ({
  name,
  unit: "",
  rate,
  range: [-1000, 1000],
  stuckSeconds: 0,
  hardware,
});
/** As fast as the emulated chip can simulate sound; what a sample takes does not depend on it. */
const microphone = { clock: 4, select: 16, data: 17, sampleRate: 8000 };
const all = [
  ...["x", "y", "z"].map((axis) =>
    of(axis, 64, { chip: "lis3dh", axis, data: 21, clock: 22, address: 24, fullScale: 4 }),
  ),
  of("level", 4, { chip: "microphone", ...microphone }),
  of("band", 4, { chip: "microphone", ...microphone, band: [500, 1000] }),
];
const config = {
  sensors: all.filter(({ name }) => names.includes(name)),
  window: { seconds: 8, everySeconds: 8, frames: 1 },
  features: { statistics: [], spanSeconds: 8, spectra: [], correlations: [] },
} as unknown as NodeConfig;

const chip = new Lis3dhSim();
chip.world = () => [0, 0, 9.8];
bus.attach(0x18, chip);
setSound(() => 0.25);

let windows = 0;
const intake = new Intake(config, {
  onFault: (sensor, kind, count) => trace(`${JSON.stringify([config.sensors[sensor]!.name, kind, count])}\n`),
});
new Sampler(config, openSensor, intake, {
  onWindow() {
    trace(`${JSON.stringify({ event: "window", windows })}\n`);
    if (++windows === 3) Host.exit(0);
  },
  onClockJump: () => {},
  onSensorError: (_, error) => trace(`${String(error)}\n`),
}).start();
