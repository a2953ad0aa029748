/** Safe mode, after a boot loop: no sensors, network or app script, and nothing from RTC memory. The node joins, reports, and can be reached. */
import Sleep from "sleep";
import Timer from "timer";
import { Base } from "./base.js";
import { restartCauses } from "./codec/types.js";
import { traceJournal as journal } from "./journal.js";
import { startPulse } from "./pulse.js";
import type { Starts } from "./starts.js";

/** ms between two health reports: after each the network can send something. */
const reportMs = 1_800_000;

export function startSafely(starts: Starts): void {
  // What is there may be what crashes the node.
  Sleep.erase();
  const base: Base = new Base(starts, {
    onDownlink: (port, payload) => journal("unknown downlink", { port, bytes: payload.length }),
    onClockSet: () => {},
    onIdle: () => {},
    scriptVersion: () => 0,
  });
  const report = (): void => {
    base.health.report();
    base.reporter.reportFaults(base.clock.uptime / 1000);
  };
  journal("safe mode", { cause: starts.lastFailure, seconds: starts.safeFor / 1000 });
  base.faults.add("safe mode", restartCauses.indexOf(starts.lastFailure));
  report();
  Timer.repeat(report, reportMs);
  Timer.set(() => void base.restart(), starts.safeFor);
  startPulse(
    () => Infinity,
    () => base.clock.uptime,
  );
  Sleep.light();
}
