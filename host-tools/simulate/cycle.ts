import type { PowerTimes } from "../xs/index.js";

type Times = Omit<PowerTimes, "cycles">;

/** s of boot loaders at each start (sim/powered.c). */
const bootTime = 0.3;
/** s for which code ran, from one start to the next. */
export const codeTime = ({ active, transmit, sleeps, resets }: Times): number =>
  (active - transmit) / (sleeps + resets) - bootTime;

/** Whole cycles of sleep of a run, if it has some: without its start and its end. */
export const steady = (power: PowerTimes): Times => power.cycles ?? power;

/**
 * The processor from the start of one window to the start of the next, s. Awake it starts, computes, or must not sleep; in light sleep it waits for samples and for the
 * radio.
 */
export interface Cycle {
  awake: number;
  lightSleep: number;
  deepSleep: number;
}

/** @param seconds from the start of a window to the start of the next */
export function cycleOf({ active, lightSleep, deepSleep }: Times, seconds: number): Cycle {
  const scale = seconds / (active + lightSleep + deepSleep);
  return { awake: active * scale, lightSleep: lightSleep * scale, deepSleep: deepSleep * scale };
}

const text = (count: number): string => `${count.toFixed(2)} s`;

export const describeCycle = ({ awake, lightSleep, deepSleep }: Cycle): string =>
  `from window to window: ${text(awake)} awake, ${text(lightSleep)} in light sleep, ${text(deepSleep)} in deep sleep`;
