/** Windows of a node description's sensors over simulated chips, through sampler and features; prints features and faults, a line each. */
import bus from "sim/i2cbus";
import { Bmp280Sim } from "sim/bmp280";
import { setLevel } from "sim/levels";
import { Lis3dhSim } from "sim/lis3dh";
import { Mpu6050Sim } from "sim/mpu6050";
import { Sht3xSim } from "sim/sht3x";
import { setSound } from "sim/sound";
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

/** Shakes along y, and turns about x and z. */
const moving = new Mpu6050Sim();
moving.world = (time) => ({ acceleration: [0, 3 * Math.sin(2 * Math.PI * 5 * time), 9.80665], rotation: [30, 0, -90] });
bus.attach(0x68, moving);

bus.attach(0x77, new Bmp280Sim());

const climate = new Sht3xSim();
climate.temperature = 21.5;
climate.humidity = 43;
bus.attach(0x44, climate);

/** A TMP102 at -12.5 °C: 12 bits in the upper part of the register, high byte first; 13 with bit 4 of the configuration. */
let isExtended = false;
bus.attach(0x48, {
  write(bytes) {
    if (bytes[0] === 1 && bytes.length === 3) isExtended = (bytes[2]! & 0x10) !== 0;
    return true;
  },
  read(into) {
    const raw = isExtended ? ((-12.5 / 0.0625) << 3) | 1 : (-12.5 / 0.0625) << 4;
    into[0] = (raw >> 8) & 255;
    into[1] = raw & 255;
    return true;
  },
});

/** Shares of the ADC's 2.45 V: 1.9 V of half a battery's, and 12 mA through 100 Ω; a wire that is open. */
setLevel(35, 1.9 / 2.45);
setLevel(39, 1.2 / 2.45);
setLevel(36, 0);

/** -20 dBFS of 1 kHz and -40 of 3 kHz, on an offset. */
setSound((time) => 0.05 + 0.1 * Math.sin(2 * Math.PI * 1000 * time) + 0.01 * Math.sin(2 * Math.PI * 3000 * time));

const intake = new Intake(config, {
  onBegin: () => features.begin(),
  onFrame: (sensor) => void features.endFrame(sensor, intake.rings[sensor]!, rows),
  onFault: (sensor, kind, count) => print("fault", config.sensors[sensor]!.name, kind, count),
});
const sampler = new Sampler(config, openSensor, intake, {
  onWindow(_, isFit) {
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
