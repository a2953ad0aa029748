/** Windows without a gap, from a simulated LIS3DH whose clock is off, while each window takes time to be evaluated. A line for each. */
import bus from "sim/i2cbus";
import { setLevel } from "sim/levels";
import { Sht3xSim } from "sim/sht3x";
import { Lis3dhSim } from "sim/lis3dh";
import Time from "time";
import Host from "host";
import { Intake } from "intake";
import { readConfig } from "resources";
import { Sampler } from "sampler";
import openSensor from "sensors";

const speed = Number(Host.args[0]);
const evaluation = Number(Host.args[1]);
const node = readConfig();
const config = { ...node, window: { seconds: 10, everySeconds: 10, frames: 5 } };
const print = (...values: unknown[]) => trace(`${JSON.stringify(values)}\n`);

/** Of the tone: whole periods fit into a window. */
const tone = 3;
const chip = new Lis3dhSim();
chip.speed = speed;
chip.world = (time) => [0, 0, 9.80665 + 3 * Math.sin(2 * Math.PI * tone * time)];
const climate = new Sht3xSim();
bus.attach(0x44, climate);
bus.attach(0x18, chip);
setLevel(34, 0.575);

/** The window's vibration. */
const samples = new Float32Array(640);
const intake = new Intake(config, {
  onFrame(sensor, frame) {
    const { data, capacity } = intake.rings[sensor]!;
    if (sensor === 3) for (let i = frame * 128; i < (frame + 1) * 128; i++) samples[i] = data[i % capacity]!;
  },
  onFault: (sensor, kind, count) => print("fault", config.sensors[sensor]!.name, kind, count),
});
let windows = 0;
const sampler = new Sampler(config, openSensor, intake, {
  onWindow(time, isFit) {
    let sine = 0;
    let cosine = 0;
    for (let i = 0; i < samples.length; i++) {
      sine += samples[i]! * Math.sin((2 * Math.PI * tone * i) / 64);
      cosine += samples[i]! * Math.cos((2 * Math.PI * tone * i) / 64);
    }
    // Seconds by which the tone has moved against the window: one that begins late or lacks samples shifts it.
    print("window", time, isFit, Math.atan2(cosine, sine) / (2 * Math.PI * tone));
    const began = Time.ticks;
    while (Time.delta(began) < evaluation);
    if (++windows === 12) Host.exit(0);
  },
  onClockJump: (seconds) => print("clock", seconds),
  onSensorError: (sensor, error) => print("error", config.sensors[sensor]!.name, String(error)),
});
sampler.start();
