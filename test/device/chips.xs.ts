/** Windows of a node description's sensors over simulated chips, through sampler and features; prints features and faults, a line each. */
import bus from "sim/i2cbus";
import { Lis3dhSim } from "sim/lis3dh";
import Timer from "timer";
import { Features } from "features/features";
import Host from "host";
import { Intake } from "intake";
import { readConfig } from "resources";
import { Sampler } from "sampler";
import openSensor from "sensors";

const config = readConfig();
const print = (...values: unknown[]) => trace(`${JSON.stringify(values)}\n`);
const features = new Features(config);
const rows = new Float32Array(features.frames * features.layout.count);

/** Lies tilted, and shakes along x with 2 m/s² of 10 Hz. */
const tilted = new Lis3dhSim();
tilted.world = (time) => [1.5 + 2 * Math.sin(2 * Math.PI * 10 * time), -4, 8.83];
bus.attach(0x18, tilted);

const intake = new Intake(config, (sensor, kind, count) => print("fault", config.sensors[sensor]!.name, kind, count));
const sampler = new Sampler(config, openSensor, intake, {
  onWindow(_, isFit) {
    features.compute(intake.rings, rows);
    // Of the last frame: what comes before the first samples has settled by then.
    const last = rows.subarray(rows.length - features.layout.count);
    const named = features.layout.names.map((name, at) => [name, Math.round(last[at]! * 1000) / 1000]);
    print("window", isFit, Object.fromEntries(named));
    Timer.set(() => Host.exit(0), 10);
  },
  onClockJump: () => {},
  onSensorError: (sensor, error) => print("error", config.sensors[sensor]!.name, String(error)),
});
sampler.start();
