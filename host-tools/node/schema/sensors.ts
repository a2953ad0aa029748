/** Sensors: what they measure, and how they are wired. */
import { z } from "zod";
import { fullScales } from "../../../device/sensors/field/lis3dhConstants.js";
import { lis3dhFullScale, lis3dhHighPass } from "../../../device/sensors/field/sensordefaults.js";
import { ecma419 } from "./ecma419.js";
import {
  anyNumber,
  between,
  choice,
  flag,
  interval,
  key,
  name,
  numberChoice,
  section,
  text,
  variants,
} from "./fields.js";
import { analog, loop, microphone } from "./signals.js";
import { bus, pin, power } from "./wires.js";

const calibration = section({
  dry: key(between(0, 1), "Reading of the pin in dry soil, as a fraction of full scale."),
  wet: key(between(0, 1), "Reading of the pin in wet soil, as a fraction of full scale; must differ from `dry`."),
  dryValue: key(anyNumber(), "The sensor's value at `dry`, in its unit."),
  wetValue: key(anyNumber(), "The sensor's value at `wet`, in its unit."),
}).meta({
  id: "ProbeCalibration",
  description: "Two-point linear calibration of a capacitive probe.",
});

const probe = section({
  chip: key(z.literal("capacitive"), "A capacitive probe on an analog pin."),
  pin: pin("An analog pin."),
  calibration: key(calibration, "Two-point calibration."),
  ...power,
}).meta({
  id: "ProbeHardware",
  description: "A capacitive probe. Its output falls as the soil gets wetter.",
});

const sht3x = section({
  chip: key(z.literal("sht3x"), "Sensirion SHT30, SHT31 or SHT35, temperature and humidity."),
  quantity: key(
    choice(["temperature", "humidity"]),
    "The quantity to report; two sensors may share the chip, with the same `rate` and wiring.",
  ),
  ...bus(1_000_000),
  address: key(numberChoice([0x44, 0x45], "68 (0x44) or 69 (0x45)"), "7 bits: 68 is 0x44, 69 is 0x45."),
  ...power,
}).meta({ id: "Sht3xHardware", description: "Temperature in °C or relative humidity in %." });

const scales = Object.keys(fullScales).map(Number) as (keyof typeof fullScales)[];

const lis3dh = section({
  chip: key(z.literal("lis3dh"), "STMicroelectronics LIS3DH, acceleration."),
  axis: key(
    choice(["x", "y", "z"]).meta({ id: "Axis" }),
    "The axis that is reported; up to three sensors share the chip, with the same `rate`, wiring and settings.",
  ),
  ...bus(400_000),
  address: key(numberChoice([0x18, 0x19], "24 (0x18) or 25 (0x19)"), "7 bits: 24 is 0x18, 25 is 0x19."),
  fullScale: key(numberChoice(scales, "2, 4, 8 or 16").default(lis3dhFullScale), "Measuring range, plus or minus.", {
    unit: "g",
  }),
  highPass: key(
    flag().default(lis3dhHighPass),
    "Whether the chip's high-pass filter removes gravity and slow movement: below a 200th of its output data rate (0.5 Hz for rates above 50 Hz, 0.25 Hz above 25 Hz). Recordings must have been made with the same setting.",
  ),
  ...power,
}).meta({
  id: "Lis3dhHardware",
  description: "Acceleration in m/s²; gravity is part of it, unless `highPass` is true.",
});

const hardware = variants(
  "chip",
  [probe, sht3x, lis3dh, analog, loop, microphone, ecma419],
  ["capacitive", "sht3x", "lis3dh", "analog", "loop", "microphone", "ecma419"],
).meta({ id: "SensorHardware", description: "How a sensor is wired." });

export const sensor = section({
  name: key(name(), "Name of its column in recordings. Not `time` or `label`, which are reserved."),
  unit: key(text(), "Unit of the readings, for display."),
  rate: key(
    between(0.00001157, 16_000),
    "Sample rate, also less than one and fractional: 0.0000115741 is once a day. With hardware: 4, or 1 and less, for `capacitive` and `sht3x`; 4 to 100 for `lis3dh`; up to 50, with whole ms between two samples from 1 on, for `analog`, `loop` and `ecma419`; blocks a second, up to 50, for `microphone`. Each frame must contain a whole number of samples.",
    { unit: "Hz" },
  ),
  range: key(
    interval(),
    "Lowest and highest plausible reading; a reading outside is a fault. Must lie within the hardware's full scale.",
    { unit: "the sensor's" },
  ),
  stuckSeconds: key(between(0, 86400), "A reading that stays the same for this long is a fault; 0: never.", {
    unit: "s",
  }),
  hardware: key(hardware.optional(), "The chip and its wiring.", {
    absent: "The sensor exists only in recordings, not on a board.",
  }),
}).meta({ id: "SensorConfig", description: "A sensor." });
