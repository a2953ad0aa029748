import type { NodeConfig } from "../../device/config.js";
import { UserError } from "../lib/errors.js";
import { Random } from "../lib/random.js";
import { makeSchedule, type PipeState } from "./schedule.js";
import { makeSite, type Site } from "./site.js";
import { makeSlow, type SlowSamples } from "./slow.js";
import { makeVibration } from "./vibration.js";
import { waterBalance } from "./water.js";
import { makeWeather, type Night, type Weather } from "./weather.js";

export type Label = "normal" | "dry" | "irrigating" | "leak" | "pumpFault" | "frostRisk";
export const simulatedLabels: readonly Label[] = ["normal", "dry", "irrigating", "leak", "pumpFault", "frostRisk"];
const simulatedSensors = ["soil", "temperature", "humidity", "vibration"];

/** Kinds of night and of soil take turns from day to day, so that each part of a set has its share of all of them. */
const nights: readonly Night[] = ["frost", "cloud", "mild"];

/** Share of slow samples that get lost, and of windows in which a sensor is cut off for a while. */
const sampleLoss = 0.003;
const cutOffShare = 0.01;

/** What is so in one window: the truth behind the readings. */
export interface Truth {
  weather: Weather;
  pipe: PipeState;
  /** Soil water, % by volume. */
  water: number;
  label: Label;
}

export interface DayWindow {
  truth: Truth;
  slow: SlowSamples;
  vibration: Float64Array;
  /** Samples of this sensor in [from, to) seconds were lost. */
  cutOff?: { sensor: string; from: number; to: number };
}

/** The worst of what is so gives the label. */
function labelOf(site: Site, weather: Weather, pipe: PipeState, water: number): Label {
  if (pipe.leak > 0) return "leak";
  if (pipe.bearing > 0) return "pumpFault";
  if (pipe.pump > 0) return "irrigating";
  if (weather.radiativeFrost) return "frostRisk";
  return water < site.refill ? "dry" : "normal";
}

/** @throws UserError when the node description is not that of an irrigation node, which is what is simulated */
export function checkSimulated(config: NodeConfig): void {
  const sensors = config.sensors.map(({ name }) => name);
  const missing = simulatedSensors.filter((name) => !sensors.includes(name));
  if (missing.length > 0 || sensors.length !== simulatedSensors.length)
    throw new UserError(
      `recordings are simulated for the sensors ${simulatedSensors.join(", ")}; the node has ${sensors.join(", ")}. Bring recordings of your own with --recordings DIR.`,
    );
  const unknown = simulatedLabels.filter((label) => !config.classes.includes(label));
  if (unknown.length > 0)
    throw new UserError(
      `recordings are simulated with the classes ${simulatedLabels.join(", ")}; the node lacks ${unknown.join(", ")}`,
    );
  for (const { name, rate } of config.sensors)
    if (name !== "vibration" && rate !== 1)
      throw new UserError(`${name} is simulated at 1 sample a second, not ${rate}`);
}

/** One simulated day of one site. The same seed, site and day give the same samples, whether or not other days are generated. */
export function makeDay(
  config: NodeConfig,
  seed: number,
  siteName: string,
  day: number,
): { site: Site; windows: Iterable<DayWindow>; truths: Truth[] } {
  const { seconds, everySeconds } = config.window;
  const rate = config.sensors.find(({ name }) => name === "vibration")!.rate;
  const root = new Random(`loam/${seed}/${siteName}`);
  const site = makeSite(root.fork("site"));
  const random = root.fork(day);
  const count = Math.floor(86400 / everySeconds);
  const weather = makeWeather(site, nights[day % nights.length]!, random.fork("weather"), count);
  const pipe = makeSchedule(random.fork("schedule"), count);
  const water = waterBalance(site, weather, pipe, everySeconds / 3600, day % 2 === 1, random.fork("water"));
  const truths = weather.map((air, index): Truth => {
    const state = pipe[index]!;
    return { weather: air, pipe: state, water: water[index]!, label: labelOf(site, air, state, water[index]!) };
  });
  function* windows(): Iterable<DayWindow> {
    const samples = random.fork("samples");
    for (const truth of truths) {
      const vibration = makeVibration(site, truth.pipe, truth.weather.ambient, samples, seconds, rate);
      const slow = makeSlow(site, truth.weather, truth.water, truth.pipe, vibration.surge, samples, seconds);
      for (const values of [slow.soil, slow.temperature, slow.humidity])
        for (let i = 0; i < seconds; i++) if (samples.chance(sampleLoss)) values[i] = NaN;
      if (!samples.chance(cutOffShare)) yield { truth, slow, vibration: vibration.samples };
      else {
        const from = samples.below(seconds - 5);
        yield {
          truth,
          slow,
          vibration: vibration.samples,
          cutOff: { sensor: simulatedSensors[samples.below(4)]!, from, to: from + 1 + samples.below(5) },
        };
      }
    }
  }
  return { site, windows: windows(), truths };
}
