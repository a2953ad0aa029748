import type { Random } from "../lib/random.js";
import type { Site } from "./site.js";

/** Weather of one window. */
export interface Weather {
  /** °C and % relative humidity, the slow part: eddies are added sample by sample. */
  temperature: number;
  humidity: number;
  /** Reference evapotranspiration, mm an hour. */
  evapotranspiration: number;
  /** Root mean square of what wind and ground do to the pipe, m/s². */
  ambient: number;
  /**
   * How humidity follows the eddies of temperature, -1 to 1. Air parcels that exchange heat alone keep their vapour, so relative humidity falls as
   * they warm (-1): by day, and on clear calm nights when cold air drains over the field. Under cloud, with rain or mist near, vapour
   * comes and goes with the parcels, and the relation is lost or turns round.
   */
  coupling: number;
  /** Under a clear calm sky, before the sun has warmed the field: leaves radiate and freeze, though the air is above zero. */
  radiativeFrost: boolean;
}

/** Saturation vapour pressure, kPa, of air at a temperature in °C (Magnus' formula with the coefficients of FAO-56, equation 11). */
export const saturationPressure = (temperature: number): number =>
  0.6108 * Math.exp((17.27 * temperature) / (temperature + 237.3));

/** How much colder than the air leaves get under a clear calm sky, °C. */
const leafDepression = 4;

/** A day's kinds of night that matter: one with frost, one as cold under cloud, or a mild one. */
export type Night = "frost" | "cloud" | "mild";

/** A day of weather, `count` windows from midnight to midnight. */
export function makeWeather(site: Site, night: Night, random: Random, count: number): Weather[] {
  const lowest =
    night === "mild"
      ? site.meanTemperature - 0.4 * site.dailySwing
      : night === "frost"
        ? random.uniform(-1.5, 2)
        : random.uniform(-1, 2.5);
  const swing =
    night === "cloud" ? site.dailySwing * random.uniform(0.5, 0.8) : site.dailySwing * random.uniform(0.9, 1.2);
  const clear = night === "cloud" ? random.uniform(0.15, 0.4) : random.uniform(0.6, 1);
  const dewPoint = lowest - random.uniform(0.3, 1.5);
  const ambientLevel = random.logUniform(0.05, 0.11);
  let gust = 0;
  return Array.from({ length: count }, (_, index) => {
    const hour = (index * 24) / count;
    // Lowest at five, highest at three in the afternoon.
    const warmth =
      hour < 5 || hour >= 15
        ? 0.5 + 0.5 * Math.cos((Math.PI * ((hour + 9) % 24)) / 14)
        : 0.5 - 0.5 * Math.cos((Math.PI * (hour - 5)) / 10);
    const temperature = lowest + swing * warmth;
    const humidity = Math.min(97, Math.max(18, (100 * saturationPressure(dewPoint)) / saturationPressure(temperature)));
    const sun = Math.max(0, Math.sin((Math.PI * (hour - 6)) / 12)) * clear;
    // Hargreaves' form: radiation times (T + 17.8), scaled to some 6 mm on a warm clear day.
    const evapotranspiration = 0.023 * sun * Math.max(0, temperature + 17.8);
    gust = 0.85 * gust + 0.35 * random.normal();
    const isNight = sun === 0;
    const vapour = random.normal() * 0.12;
    const coupling =
      night === "cloud" && isNight ? 0.3 + vapour : night === "cloud" ? -0.35 + vapour : -0.9 + 0.5 * Math.abs(vapour);
    return {
      temperature,
      humidity,
      evapotranspiration,
      ambient: ambientLevel * Math.exp(0.6 * gust),
      coupling: Math.max(-0.98, Math.min(0.98, coupling)),
      radiativeFrost: night === "frost" && temperature < leafDepression,
    };
  });
}
