import type { Random } from "../lib/random.js";

/** What goes on in the pipe during one window. */
export interface PipeState {
  /** Water is pumped; root mean square of the pump's harmonics at the pipe, m/s². */
  pump: number;
  /** Depth of the bearing's modulation of the pump, 0 to 1; 0 when the bearing is sound. */
  bearing: number;
  /** Root mean square of a leak's turbulence, m/s²; 0 when the pipe is tight. */
  leak: number;
  /** A machine passes by: root mean square, m/s², and its engine's frequency, Hz. */
  machine: number;
  machineHz: number;
}

/** Windows from, to (not included). */
interface Span {
  from: number;
  to: number;
}

function spans(random: Random, count: number, howMany: number, shortest: number, longest: number): Span[] {
  return Array.from({ length: howMany }, () => {
    const length = shortest + random.below(longest - shortest + 1);
    const from = random.below(count - length);
    return { from, to: from + length };
  });
}

const within = (list: Span[], index: number): Span | undefined =>
  list.find((span) => index >= span.from && index < span.to);

/** A day of the pipe: sessions of irrigation, with a bearing that may begin to fail; leaks, with the pump running or under the tank's pressure. */
export function makeSchedule(random: Random, count: number): PipeState[] {
  const sessions = spans(random, count, 3 + random.below(3), 5, 10);
  const leaks = random.chance(0.75) ? spans(random, count, 1 + random.below(2), 8, 18) : [];
  const machines = spans(random, count, 2, 1, 2);
  const hasBadBearing = random.chance(0.6);
  const onset = random.below(Math.floor(count / 3));
  const worst = random.uniform(0.75, 1);
  const loads = sessions.map(() => random.logUniform(0.16, 0.36));
  const leakLevels = leaks.map(() => random.logUniform(0.1, 0.28));
  return Array.from({ length: count }, (_, index) => {
    const session = within(sessions, index);
    const leak = within(leaks, index);
    const machine = within(machines, index);
    const pump = session ? loads[sessions.indexOf(session)]! * Math.exp(0.12 * random.normal()) : 0;
    const isBad = hasBadBearing && index >= onset;
    return {
      pump,
      bearing: session && isBad ? Math.min(1, worst * random.uniform(0.75, 1)) : 0,
      leak: leak ? leakLevels[leaks.indexOf(leak)]! * Math.exp(0.18 * random.normal()) : 0,
      machine: machine ? random.logUniform(0.08, 0.2) : 0,
      machineHz: random.uniform(9, 13),
    };
  });
}
