import type { Random } from "../lib/random.js";
import type { PipeState } from "./schedule.js";
import type { Site } from "./site.js";
import type { Weather } from "./weather.js";

/** Noise of each sensor, deviation of one sample. */
const noise = { soil: 0.035, temperature: 0.04, humidity: 0.12 };
/** Eddies: how far the air's temperature swings, °C, and how long it takes, seconds. */
const eddyTemperature = 0.28;
const eddySeconds = 3.5;
/** % relative humidity that goes with one °C of an eddy, about 6 % of the humidity's own value a degree at constant vapour. */
const humidityPerDegree = 4.5;
/** % by volume that a surge of the flow adds at the probe, beside the emitter. */
const surgeAtProbe = 0.06;

export interface SlowSamples {
  soil: Float64Array;
  temperature: Float64Array;
  humidity: Float64Array;
}

/**
 * What the soil probe adds for each °C of its surroundings, % by volume. In wet soil a warmer probe reads less (the permittivity of free water falls), in
 * dry soil more (water bound to the grains comes free): the sign tells wet from dry without calibration (Wraith and Or, 1999, for
 * time domain reflectometry). Strength: of an uncompensated capacitive probe with its electronics at the surface.
 */
export const probeSlope = (water: number, refill: number): number => -0.22 * Math.tanh((water - refill) / 1.2);

/** One window of soil moisture, temperature and humidity, `seconds` samples of 1 Hz each; `surge` is the flow's (vibration.ts). */
export function makeSlow(
  site: Site,
  weather: Weather,
  water: number,
  pipe: PipeState,
  surge: Float64Array,
  random: Random,
  seconds: number,
): SlowSamples {
  const slope = probeSlope(water, site.refill);
  const reaches = pipe.pump > 0 && pipe.leak === 0;
  const keep = Math.exp(-1 / eddySeconds);
  const kick = Math.sqrt(1 - keep * keep);
  // Half the humidity's swing that is not tied to temperature comes from eddies of vapour alone.
  const free = Math.sqrt(1 - weather.coupling * weather.coupling);
  let eddy = random.normal();
  let vapour = random.normal();
  const drift = 0.004 * random.normal();
  const samples: SlowSamples = {
    soil: new Float64Array(seconds),
    temperature: new Float64Array(seconds),
    humidity: new Float64Array(seconds),
  };
  for (let i = 0; i < seconds; i++) {
    eddy = keep * eddy + kick * random.normal();
    vapour = keep * vapour + kick * random.normal();
    const warm = eddyTemperature * eddy;
    samples.temperature[i] =
      weather.temperature + site.temperatureOffset + warm + drift * i + noise.temperature * random.normal();
    const moist = humidityPerDegree * eddyTemperature * (weather.coupling * eddy + free * vapour);
    samples.humidity[i] = Math.min(
      100,
      Math.max(0, weather.humidity + site.humidityOffset + moist + noise.humidity * random.normal()),
    );
    const watered = reaches ? surgeAtProbe * surge[i]! : 0;
    samples.soil[i] = Math.max(0, water + site.soilOffset + slope * warm + watered + noise.soil * random.normal());
  }
  return samples;
}
