import Time from "time";

/** Microseconds that a loop takes: in a module of its own, since script of simulated parts takes no time. */
export default function steps(count: number): number {
  const began = Time.microseconds!;
  for (let i = 0; i < count; i++);
  return Time.microseconds! - began;
}
