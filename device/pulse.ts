import Timer from "timer";
import Watchdog from "watchdog";

/** ms by which the next step of what must go on may be late. */
const patience = 10_000;

/** Feeds the watchdog, as long as the event loop turns and sampling goes on. @param dueAt uptime (ms) of the next step of sampling @param now uptime, ms */
export function startPulse(dueAt: () => number, now: () => number): void {
  const { timeout } = Watchdog;
  if (timeout === 0) return;
  Watchdog.start();
  Timer.repeat(() => {
    if (now() <= dueAt() + patience) Watchdog.feed();
  }, timeout / 4);
}
