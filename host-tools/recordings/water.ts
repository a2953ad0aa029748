import type { Random } from "../lib/random.js";
import type { PipeState } from "./schedule.js";
import type { Site } from "./site.js";
import type { Weather } from "./weather.js";

/** How fast a session waters the root zone, mm an hour. */
const irrigationRate = 4.5;
/** Share of the water above field capacity that drains in an hour. */
const drainage = 0.35;

/**
 * Soil water by window, % by volume: what was there, plus irrigation that reaches the plants (a leak takes it), less evapotranspiration
 * (held back as the soil dries, FAO-56's water stress coefficient) and drainage above field capacity.
 */
export function waterBalance(
  site: Site,
  weather: Weather[],
  pipe: PipeState[],
  hours: number,
  thirsty: boolean,
  random: Random,
): Float64Array {
  // Days begin well watered or thirsty; those that begin in between say little of either.
  let water = thirsty ? site.refill - random.uniform(1.5, 5) : site.refill + random.uniform(1, 7);
  const wilting = site.refill - 8;
  return Float64Array.from(weather, ({ evapotranspiration }, index) => {
    const stress = Math.min(1, Math.max(0, (water - wilting) / (site.refill - wilting)));
    const { pump, leak } = pipe[index]!;
    const inflow = pump > 0 && leak === 0 ? irrigationRate : 0;
    const excess = Math.max(0, water - site.fieldCapacity);
    water += ((100 * (inflow - evapotranspiration * stress)) / site.rootDepth) * hours - drainage * excess * hours;
    return water;
  });
}
