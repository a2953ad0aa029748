import { counterRange } from "./messages.js";

/** Packets may come in another order than they were received in, but not by more than these microseconds. */
const outOfOrder = 10e6;

/**
 * Microseconds of the gateway's clock, which unlike its counter do not roll over.
 * @param gateway its time at the last packet, which is changed; undefined before the first
 */
export function unrolled(gateway: { time: number | undefined }, counter: number): number {
  const { time = counter } = gateway;
  const ahead = (counter - (time % counterRange) + counterRange) % counterRange;
  if (ahead > counterRange - outOfOrder) return time + ahead - counterRange;
  gateway.time = time + ahead;
  return gateway.time;
}
