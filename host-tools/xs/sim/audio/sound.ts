/** The sound at the simulated board's microphone at a time in seconds, -1 to 1 of full scale; silence until it is set. */
let wave: ((time: number) => number) | undefined;

export const setSound = (given: (time: number) => number): void => void (wave = given);
export const soundAt = (time: number): number => wave?.(time) ?? 0;
