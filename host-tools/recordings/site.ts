import type { Random } from "../lib/random.js";

/** What stays the same at one field: its soil, its pump, how its sensors were mounted and calibrated. */
export interface Site {
  /** Soil water, % by volume, below which plants suffer: the refill point. */
  refill: number;
  /** The most that the soil holds against gravity, % by volume. */
  fieldCapacity: number;
  /** Depth of the root zone that is watered, millimetres. */
  rootDepth: number;
  /** Rotation of the pump's shaft, Hz: a slow six-pole motor, 16.2 Hz at the mains' 50 Hz, less on an inverter. */
  shaftHz: number;
  /** Rotation of the bearing's cage as a share of the shaft's: (1 - d/D cos a) / 2 of the bearing's geometry. */
  cageRatio: number;
  /** The pipe's own resonance, which a leak's turbulence excites, Hz. */
  resonanceHz: number;
  /** How much of the pipe's vibration reaches the sensor. */
  vibrationGain: number;
  /** Calibration errors: what a sensor says at zero too much. */
  soilOffset: number;
  temperatureOffset: number;
  humidityOffset: number;
  /** Yearly mean of air temperature, °C, and its swing in a day. */
  meanTemperature: number;
  dailySwing: number;
}

export function makeSite(random: Random): Site {
  const refill = random.uniform(19, 24);
  return {
    refill,
    fieldCapacity: refill + random.uniform(9, 13),
    rootDepth: random.uniform(250, 400),
    shaftHz: random.uniform(12.5, 16.3),
    cageRatio: random.uniform(0.37, 0.42),
    resonanceHz: random.uniform(22, 29),
    vibrationGain: random.logUniform(0.75, 1.35),
    soilOffset: 0.8 * random.normal(),
    temperatureOffset: 0.3 * random.normal(),
    humidityOffset: 2.5 * random.normal(),
    meanTemperature: random.uniform(11, 17),
    dailySwing: random.uniform(9, 14),
  };
}
