import Timer from "timer";
import { ClockSync } from "./clocksync.js";
import type { Connection } from "./connection.js";
import { traceJournal as journal } from "./journal.js";
import type { Retained } from "./retained.js";
import type { SyncedClock } from "./syncedclock.js";

/** Of `Base`; the connection is used when an uplink is due. */
interface Parts {
  readonly clock: SyncedClock;
  readonly retained: Retained;
  readonly connection: Connection;
}

/** Timers count milliseconds in 31 bits. */
const longestTimer = 86_400_000;

/** The time by the application layer, over the link. @param onSet the time of day was set */
export function synchronize(parts: Parts, onSet: () => void): ClockSync {
  let timer: ReturnType<typeof Timer.set> | undefined;
  const clockSync: ClockSync = new ClockSync({
    clock: parts.clock,
    random: () => Math.random(),
    kick: () => parts.connection.kick(),
    wakeAfter(ms) {
      if (timer) Timer.clear(timer);
      timer = Timer.set(
        () => {
          timer = undefined;
          clockSync.wake();
        },
        Math.min(longestTimer, Math.ceil(ms)),
      );
    },
    onSet,
    journal,
  });
  parts.retained.attach("clockSync", clockSync);
  // After the program has begun.
  Timer.set(() => clockSync.wake());
  return clockSync;
}
