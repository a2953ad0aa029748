/** The voltages of the simulated board's analog pins, 0 to 1 of full scale; an undriven pin is at 0. */
// Created at first use: a preloaded module's collections are in flash and read-only.
let levels: Map<number, number> | undefined;

export const setLevel = (pin: number, level: number): void => void (levels ??= new Map()).set(pin, level);
export const levelOf = (pin: number): number => levels?.get(pin) ?? 0;
