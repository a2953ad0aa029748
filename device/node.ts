/** Wires the node together: sensors -> ring -> features -> inference -> verdict -> policy -> app script and outbox -> link, and decisions back; then sleep. */
import Instruments from "instruments";
import Sleep from "sleep";
import openSensor from "sensors";
import { Actuators } from "./actuators.js";
import { AppScript } from "./appscript.js";
import { Base } from "./base.js";
import { decodeDecision, ports } from "./codec/codec.js";
import { errorText } from "./errortext.js";
import { Intake } from "./intake.js";
import { traceJournal as journal } from "./journal.js";
import { Policy } from "./policy.js";
import { makeRecognizer } from "./network.js";
import { startPulse } from "./pulse.js";
import { Sampler } from "./sampler.js";
import { ScriptMemory } from "./scriptmemory.js";
import { Sleeper } from "./sleeper.js";
import { Supplies } from "./supplies.js";
import type { Starts } from "./starts.js";
import type { Verdict } from "./verdict.js";

export function startNode(starts: Starts): void {
  const base: Base = new Base(starts, {
    onDownlink,
    onClockSet: () => sampler.clockSet(),
    onIdle: () => sleeper.check(),
    hold,
    scriptVersion: () => app?.version ?? 0,
  });
  const { config, retained, clock: timeOfDay, faults, outbox, connection, reporter, health } = base;
  let app: AppScript | undefined;
  const { updates } = base;
  const recognizer = makeRecognizer(base);
  Instruments.set("arenaUsed", recognizer.arenaUsed);
  Instruments.set("arenaAvailable", config.model.arenaBytes);
  const policy = new Policy({ ...config.policy, classes: config.classes });
  retained.attach("policy", policy);
  const actuators = new Actuators(
    config.actuators,
    (name, on) => journal("actuation", { time: Date.now() / 1000, actuator: name, on }),
    (part) => retained.attach("actuators", part),
  );
  const uptime = {
    get now() {
      return timeOfDay.uptime;
    },
  };
  const supplies = new Supplies(config.sensors, uptime);
  const now = (): number => timeOfDay.uptime / 1000;

  /** Outputs stay as they are through a deep sleep, and sensors are not supplied. */
  function hold(): void {
    actuators.hold();
    supplies.hold();
  }

  function onDownlink(port: number, payload: Uint8Array): void {
    if (port !== ports.decision) return journal("unknown downlink", { port, bytes: payload.length });
    try {
      const decision = decodeDecision(payload);
      const verdict = policy.decide(decision, now());
      journal("decision", {
        ...decision,
        name: config.classes[decision.label],
        outcome: typeof verdict === "string" ? verdict : "acted",
      });
      if (typeof verdict !== "string") act(verdict);
      sleeper.check();
    } catch (error) {
      journal("bad downlink", { port, error: errorText(error) });
    }
  }

  /** Logs a payload that is in flash now, or that the full outbox refused: that is reported as `data dropped`, and a changed verdict is queued again with the next window. */
  function queued(what: "report" | "deferral", sequence: number | undefined): number | undefined {
    if (sequence === undefined) journal("outbox full", { refused: what, waiting: outbox.count });
    else journal("stored", { what, sequence });
    return sequence;
  }

  // A failing script must not stop the node, which may get a better one.
  function guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      journal("script failed", { error: errorText(error) });
    }
  }

  const memory = new ScriptMemory();
  retained.attach("app", memory);
  function startApp(): void {
    const api = {
      config: config.app,
      classes: config.classes,
      actuators: actuators.names,
      featureNames: recognizer.featureNames,
      features: (name: string) => recognizer.feature(name),
      actuate: (name: string, on: boolean) => actuators.set(name, on),
      send: (verdict: Verdict) => void queued("report", reporter.report(verdict, actuators.bits)),
      remember: (text: string) => memory.set(text),
      recall: () => memory.text,
      // A script may log anything.
      log: (text: unknown) => journal("log", { text: String(text) }),
    };
    app = new AppScript(api, updates.script);
  }
  try {
    startApp();
  } catch (error) {
    journal("script failed", { error: errorText(error) });
    updates.scriptFailed(errorText(error));
  }

  function act(verdict: Verdict): void {
    guard(() => app?.onVerdict(verdict));
  }

  const intake: Intake = new Intake(
    config,
    {
      onBegin: () => recognizer.begin(),
      onFrame: (sensor) => recognizer.endFrame(sensor, intake.rings[sensor]!),
      onFault(sensor, kind, count) {
        faults.add(kind, sensor, count);
        journal("fault", { kind, sensor: config.sensors[sensor]!.name, count });
      },
    },
    updates.offsets,
  );
  retained.attach("intake", intake);

  const sampler: Sampler = new Sampler(
    config,
    openSensor,
    intake,
    {
      onWindow(time, isFit, age) {
        const made = now() - age;
        if (isFit) {
          const verdict = recognizer.recognize(timeOfDay.known(time, made));
          if (!timeOfDay.isKnown) verdict.made = made;
          const decided = policy.judge(verdict);
          journal("verdict", { ...verdict, decided });
          Instruments.set("confidence", verdict.confidence * 100);
          Instruments.set("windowTime", (now() - made - config.window.seconds) * 1000);
          if (decided === "act") act(verdict);
          else {
            const sequence = queued("deferral", reporter.defer(verdict, recognizer.window));
            if (sequence !== undefined) policy.deferred(sequence, verdict, now());
          }
        }
        starts.handled();
        updates.windowHandled();
        health.check();
        reporter.reportFaults(now());
        journal("window", { time, isFit, waiting: outbox.count });
        retained.commit();
        Instruments.set("outboxWaiting", outbox.count);
        sleeper.check();
      },
      onClockJump(seconds) {
        faults.add("clock jumped");
        journal("fault", { kind: "clock jumped", seconds });
      },
      onSensorError: (sensor, error) =>
        journal("sensor failed", { sensor: config.sensors[sensor]!.name, error: errorText(error) }),
    },
    uptime,
    supplies,
  );

  const sleeper: Sleeper = new Sleeper({
    retained,
    clock: timeOfDay,
    nextWindow: () => sampler.nextAt,
    idleUntil: () => connection.idleUntil,
    lead: supplies.lead,
    prepare: () => connection.shutDown(),
    onSleep(seconds) {
      hold();
      journal("sleep", { seconds });
    },
  });

  retained.attach("schedule", sleeper);
  Sleep.light();
  const woke = Sleep.cause === "timer" && retained.isRestored;
  if (!woke) journal("start", { node: config.name, arenaUsed: recognizer.arenaUsed, waiting: outbox.count });
  // After power-on the radio is neither asleep nor joined.
  if (!woke || outbox.count > 0) connection.kick();
  sampler.start(sleeper.nextWindow);
  startPulse(
    () => sampler.dueAt,
    () => timeOfDay.uptime,
  );
  sleeper.check();
}
