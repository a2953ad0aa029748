import type { PowerTimes } from "../xs/index.js";

type Times = Omit<PowerTimes, "cycles">;

/** s of boot loaders at each start (sim/powered.c). */
const bootTime = 0.3;
/** How much of the time for which code runs the host program counts (scriptTime.c); test/chip/node.test.ts holds it against the emulated chip. */
const countedShare = 0.55;

/** A run of the host program as the chip would have taken it: code runs for longer, and light sleep is shorter by that. */
function onChip(run: Times): Times {
  const code = Math.max(0, run.active - run.transmit - bootTime * (run.sleeps + run.resets));
  const more = Math.min(run.lightSleep, code * (1 / countedShare - 1));
  return { ...run, active: run.active + more, lightSleep: run.lightSleep - more };
}

/** Whole cycles of sleep of a run of the host program, if it has some: without its start and its end. */
export const steady = (power: PowerTimes): Times => onChip(power.cycles ?? power);

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
