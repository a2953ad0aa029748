/** Sensors without a bus: analog signals and sound. */
import { z } from "zod";
import { analogAveraging, microphoneRate, microphoneSize } from "../../../device/sensors/field/sensordefaults.js";
import { between, choice, interval, key, section, whole } from "./fields.js";
import { pin, power } from "./wires.js";

const averaging = key(whole(1, 256).default(analogAveraging), "Readings of the pin that a sample is the mean of.");

export const analog = section({
  chip: key(z.literal("analog"), "A voltage on an analog pin, such as a battery's behind a divider."),
  pin: pin("An analog pin, which measures 0.15 to 2.45 V."),
  scale: key(
    between(-1e6, 1e6).default(1),
    "The sensor's value per volt at the pin: with two equal resistors as divider, 2.",
  ),
  offset: key(between(-1e6, 1e6).default(0), "The sensor's value at 0 V."),
  averaging,
  ...power,
}).meta({ id: "AnalogHardware", description: "`scale` times the volts at the pin, plus `offset`." });

export const loop = section({
  chip: key(z.literal("loop"), "A 4 to 20 mA current loop across a resistor on an analog pin."),
  pin: pin("An analog pin, which measures 0.15 to 2.45 V."),
  ohms: key(between(1, 1000), "The resistor that the current flows through.", { unit: "Ω" }),
  at4: key(between(-1e6, 1e6), "The sensor's value at 4 mA, in its unit."),
  at20: key(between(-1e6, 1e6), "The sensor's value at 20 mA, in its unit; must differ from `at4`."),
  averaging,
  ...power,
}).meta({
  id: "LoopHardware",
  description: "A current below 3.6 or above 21 mA is a missing sample: a broken wire or a fault of the transmitter.",
});

export const microphone = section({
  chip: key(
    z.literal("microphone"),
    "An I2S microphone; sensors share it, one of them or more for its level and for bands.",
  ),
  band: key(
    interval().optional(),
    "The sensor reports the level of this band, lower limit inclusive, upper exclusive.",
    {
      unit: "Hz",
      absent: "It reports the level of all the sound.",
    },
  ),
  sampleRate: key(
    whole(8000, 16_000).default(microphoneRate),
    "Sample rate of the sound: a multiple of the sensor's rate.",
    {
      unit: "Hz",
    },
  ),
  size: key(
    whole(16, 1024).default(microphoneSize),
    "FFT length of bands: a power of two, at most `sampleRate` / `rate`.",
  ),
  clock: pin("I2S bit clock (SCK, BCLK)."),
  select: pin("I2S word select (WS, LRCLK)."),
  data: pin("I2S data from the microphone (SD)."),
  slot: key(
    choice(["left", "right"]).default("left"),
    "The channel that the microphone uses: left when its L/R pin is low.",
  ),
  sensitivity: key(
    between(-80, 0).optional(),
    "Its level at 94 dB of sound pressure, from the data sheet (INMP441: -26).",
    {
      unit: "dBFS",
      absent: "Levels are in dBFS, 0 for a sine at full scale; with it in dB of sound pressure.",
    },
  ),
  ...power,
}).meta({
  id: "MicrophoneHardware",
  description: "Levels in dB, each of a block of sound as long as the time between two samples of the sensor.",
});
