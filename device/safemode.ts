/**
 * Safe mode, after a boot loop: no sensors, network or app script, outputs in their safe state, and of RTC memory only what safe mode itself has stored. The node
 * joins, reports, can be reached, and sleeps deeply in between.
 */
import Sleep from "sleep";
import Timer from "timer";
import { Actuators } from "./actuators.js";
import { Base } from "./base.js";
import { restartCauses } from "./codec/types.js";
import { errorText } from "./errortext.js";
import { recordOver } from "./hostline.js";
import { traceJournal as journal } from "./journal.js";
import { startPulse } from "./pulse.js";
import { Sleeper } from "./sleeper.js";
import type { Starts } from "./starts.js";
import { Supplies } from "./supplies.js";
import { uptimeOf } from "./uptime.js";

/** ms between two health reports: after each the network can send something. */
const reportMs = 1_800_000;

/** Opens outputs, which are in their safe state then: they may be held as they were when the node began to crash. */
function openOutputs<T>(what: string, open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    journal(`${what} failed`, { error: errorText(error) });
    return undefined;
  }
}

export function startSafely(starts: Starts): void {
  const woke = Sleep.cause === "timer";
  // What is there may be what crashes the node.
  if (!woke) Sleep.erase();
  const base: Base = new Base(starts, {
    onDownlink: (port, payload) => journal("unknown downlink", { port, bytes: payload.length }),
    onClockSet: () => {},
    onIdle: () => sleeper.check(),
    hold,
    scriptVersion: () => 0,
    isFree: () => true,
  });
  const { clock, retained, connection, reporter, health, faults } = base;
  const actuators = openOutputs(
    "actuators",
    () =>
      new Actuators(base.config.actuators, {
        onChange: () => {},
        onInterlock: () => {},
        now: () => clock.uptime,
        isWoken: false,
      }),
  );
  const supplies = openOutputs("supplies", () => new Supplies(base.config.sensors, uptimeOf(clock)));
  /** Uptime, ms. */
  let reportAt = 0;

  function hold(): void {
    actuators?.hold();
    supplies?.hold();
  }

  const sleeper: Sleeper = new Sleeper({
    retained,
    clock,
    // The node that follows begins its first window at once.
    nextWindow: () => (starts.isSafe ? Math.min(reportAt, clock.uptime + starts.safeFor) : 0),
    idleUntil: () => base.idleUntil,
    lead: 0,
    wakeAt: () => base.clockSync.wakeAt,
    prepare: () => connection.shutDown(),
    onSleep(seconds) {
      hold();
      journal("sleep", { seconds });
    },
  });
  retained.attach("schedule", sleeper);

  function report(): void {
    reportAt = clock.uptime + reportMs;
    Timer.set(report, reportMs);
    base.serial?.greet();
    health.report();
    reporter.reportFaults(clock.uptime / 1000);
    sleeper.check();
  }

  // Also of a node whose network does not fit it yet.
  const recorder = supplies && recordOver(base, supplies, { stop: () => {}, start: () => sleeper.check() });

  Sleep.light();
  Timer.set(() => void base.restart(), starts.safeFor);
  startPulse(
    () => recorder?.dueAt ?? Infinity,
    () => clock.uptime,
  );
  if (woke) {
    reportAt = sleeper.nextWindow;
    Timer.set(report, Math.max(0, reportAt - clock.uptime));
    base.send(true);
    sleeper.check();
  } else {
    journal("safe mode", { cause: starts.lastFailure, seconds: starts.safeFor / 1000 });
    faults.add("safe mode", restartCauses.indexOf(starts.lastFailure));
    report();
  }
}
