/** The voltages of the simulated board's analog pins, 0 to 1 of full scale; an undriven pin is at 0. */
import type { SupplySim } from "sim/supply";

interface Source {
  level: number;
  supply: SupplySim | undefined;
}

// Created at first use: a preloaded module's collections are in flash and read-only.
let sources: Map<number, Source> | undefined;

/** @param supply of what drives the pin: without it the pin is at 0, and at half its level while that warms up */
export const setLevel = (pin: number, level: number, supply?: SupplySim): void =>
  void (sources ??= new Map()).set(pin, { level, supply });

export function levelOf(pin: number): number {
  const source = sources?.get(pin);
  if (!source || (source.supply && !source.supply.isOn)) return 0;
  return source.supply?.isWarm === false ? source.level / 2 : source.level;
}
