import type { Random } from "../lib/random.js";
import type { PipeState } from "./schedule.js";
import type { Site } from "./site.js";

/** The sensor's own noise, m/s². */
const sensorNoise = 0.012;

/** One window of vibration, and how strongly the flow surged meanwhile. */
export interface Vibration {
  samples: Float64Array;
  /** Relative strength of the flow about its mean, one value per second. */
  surge: Float64Array;
}

/** A two-pole resonance (all-pole biquad) at `frequency` with quality `q`, run over white noise. */
function resonate(random: Random, count: number, rate: number, frequency: number, q: number): Float64Array {
  const angle = (2 * Math.PI * frequency) / rate;
  const radius = Math.exp(-angle / (2 * q));
  const a1 = 2 * radius * Math.cos(angle);
  const a2 = -radius * radius;
  const out = new Float64Array(count);
  let y1 = 0;
  let y2 = 0;
  for (let i = -Math.ceil(rate); i < count; i++) {
    const y = random.normal() + a1 * y1 + a2 * y2;
    y2 = y1;
    y1 = y;
    if (i >= 0) out[i] = y;
  }
  return out;
}

/** Adds `wave`, brought to a root mean square of `strength` over the window, times `envelope` where there is one. */
function addAt(strength: number, wave: Float64Array, into: Float64Array, envelope?: (index: number) => number): void {
  let squares = 0;
  for (const value of wave) squares += value * value;
  const scale = squares > 0 ? strength / Math.sqrt(squares / wave.length) : 0;
  for (let i = 0; i < wave.length; i++) into[i]! += scale * wave[i]! * (envelope ? envelope(i) : 1);
}

/**
 * The pump: harmonics of the shaft. A failing bearing loads the shaft once a turn of its cage, which modulates them: sidebands at the harmonics
 * plus and minus the cage's frequency, and a little of the cage's frequency itself. The whole keeps the strength that the load gives it,
 * so that the root mean square does not tell a sound pump from a failing one.
 */
function pumpWave(site: Site, state: PipeState, random: Random, count: number, rate: number): Float64Array {
  const shaft = site.shaftHz * (1 + 0.008 * random.normal());
  const cage = shaft * site.cageRatio;
  const phases = [
    random.uniform(0, 2 * Math.PI),
    random.uniform(0, 2 * Math.PI),
    random.uniform(0, 2 * Math.PI),
  ] as const;
  const second = random.uniform(0.25, 0.55);
  const wave = new Float64Array(count);
  let wander = 0;
  for (let i = 0; i < count; i++) {
    const t = i / rate;
    // Load makes the shaft run a little unevenly.
    wander += 0.02 * random.normal();
    const modulation = Math.cos(2 * Math.PI * cage * t + phases[2] + wander);
    const carrier =
      Math.cos(2 * Math.PI * shaft * t + phases[0] + wander) +
      second * Math.cos(4 * Math.PI * shaft * t + phases[1] + 2 * wander);
    wave[i] = carrier * (1 + 0.85 * state.bearing * modulation) + 0.24 * state.bearing * modulation;
  }
  return wave;
}

/** A slow random walk that returns to 0 with the time constant `seconds`, deviation 1, one value per second. */
function surges(random: Random, count: number, seconds: number): Float64Array {
  const keep = Math.exp(-1 / seconds);
  const kick = Math.sqrt(1 - keep * keep);
  let value = random.normal();
  return Float64Array.from({ length: count }, () => (value = keep * value + kick * random.normal()));
}

/** @param ambient root mean square of wind and ground on the pipe, m/s² @param seconds of the window @param rate samples a second */
export function makeVibration(
  site: Site,
  state: PipeState,
  ambient: number,
  random: Random,
  seconds: number,
  rate: number,
): Vibration {
  const count = seconds * rate;
  const samples = new Float64Array(count);
  const surge = surges(random, seconds, 4);
  const flow = (index: number): number => Math.max(0.2, 1 + 0.2 * surge[Math.floor(index / rate)]!);
  // Wind shakes the pipe slowly, the ground hums; both have some of every frequency.
  addAt(ambient, resonate(random, count, rate, random.uniform(1.5, 5), 0.8), samples);
  addAt(0.55 * ambient, resonate(random, count, rate, random.uniform(8, 26), 0.7), samples);
  if (state.pump > 0) {
    addAt(state.pump, pumpWave(site, state, random, count, rate), samples, flow);
    // Water in a sound pipe is turbulent too, less and lower than where it bursts out.
    addAt(0.3 * state.pump, resonate(random, count, rate, 0.65 * site.resonanceHz, 1), samples, flow);
  }
  if (state.leak > 0) {
    addAt(state.leak, resonate(random, count, rate, site.resonanceHz, 2.2), samples, flow);
    addAt(0.4 * state.leak, resonate(random, count, rate, 6, 0.6), samples, flow);
  }
  if (state.machine > 0) addAt(state.machine, resonate(random, count, rate, state.machineHz, 12), samples);
  for (let i = 0; i < count; i++) samples[i] = samples[i]! * site.vibrationGain + sensorNoise * random.normal();
  return { samples, surge };
}
