/** Field sensors through the sampler, one window for each state of the simulated chips; prints what it reports, one line each. */
import bus from "sim/i2cbus";
import { setLevel } from "sim/levels";
import { Sht3xSim } from "sim/sht3x";
import { Lis3dhSim } from "sim/lis3dh";
import Timer from "timer";
import { frameSamples, windowSamples } from "config";
import Host from "host";
import { Intake } from "intake";
import { readConfig } from "resources";
import { Sampler } from "sampler";
import openSensor from "sensors";

const config = readConfig();
const print = (...values: unknown[]) => trace(`${JSON.stringify(values)}\n`);
const round = (value: number) => Math.round(value * 100) / 100;
const climate = new Sht3xSim();
let vibration = new Lis3dhSim();
const hertz =
  (frequency: number) =>
  (time: number): [number, number, number] => [0, 0, 9.80665 + 3 * Math.sin(2 * Math.PI * frequency * time)];
vibration.world = hertz(12);
bus.attach(0x44, climate);
bus.attach(0x18, vibration);
setLevel(34, 0.575);

/** What each window begins with. */
const states: [name: string, begin: () => void][] = [
  ["good", () => {}],
  ["wrong checksum", () => (climate.wrong = 1)],
  ["no climate chip", () => bus.detach(0x44)],
  [
    "probe off",
    () => {
      bus.attach(0x44, climate);
      climate.wrong = undefined;
      setLevel(34, 0);
    },
  ],
  [
    "chip 4 % slow",
    () => {
      setLevel(34, 0.8);
      vibration.speed = 0.96;
    },
  ],
  ["45 Hz", () => ((vibration.speed = 1), (vibration.world = hertz(45)))],
  ["no accelerometer", () => bus.detach(0x18)],
  [
    "accelerometer back, overrun",
    () => {
      vibration = new Lis3dhSim();
      vibration.world = hertz(12);
      bus.attach(0x18, vibration);
      Timer.set(() => (vibration.speed = 2), 880_100);
      Timer.set(() => (vibration.speed = 1), 880_600);
    },
  ],
  ["another chip", () => (vibration.registers[0x0f] = 0x11)],
];

let window = 0;
/** Of each sensor, the window's samples. */
const samples = config.sensors.map((sensor) => new Float32Array(windowSamples(config, sensor)));
const intake = new Intake(config, {
  onFrame(sensor, frame) {
    const { data, capacity } = intake.rings[sensor]!;
    const count = frameSamples(config, config.sensors[sensor]!);
    for (let i = frame * count; i < (frame + 1) * count; i++) samples[sensor]![i] = data[i % capacity]!;
  },
  onFault: (sensor, kind, count) => print("fault", config.sensors[sensor]!.name, kind, count),
});
const sampler = new Sampler(config, openSensor, intake, {
  onWindow(_, isFit) {
    const last = samples.slice(0, 3).map((values) => round(values.at(-1)!));
    const waves = samples[3]!.subarray(640);
    const rms = Math.sqrt(waves.reduce((sum, value) => sum + value * value, 0) / waves.length);
    let rises = 0;
    for (let i = 1; i < waves.length; i++) if (waves[i - 1]! < 0 && waves[i]! >= 0) rises++;
    // Noise of a hundredth has no frequency.
    print("window", states[window]![0], isFit, last, round(rms), rms < 0.05 ? 0 : rises / (waves.length / 64));
    window++;
    if (window < states.length) states[window]![1]();
    else Timer.set(() => Host.exit(0), 10);
  },
  onClockJump: () => {},
  onSensorError: (sensor, error) => print("error", config.sensors[sensor]!.name, String(error)),
});
sampler.start();
