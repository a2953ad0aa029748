/** Wires the node together: sensors -> ring -> features -> inference -> verdict -> policy -> app script and outbox -> link, and decisions back; then sleep. */
import Instruments from "instruments";
import Sleep from "sleep";
import openSensor from "sensors";
import { Actuators } from "./actuators.js";
import { Base } from "./base.js";
import { batteryShare, readBattery } from "./battery.js";
import { decodeDecision, ports } from "./codec/codec.js";
import { errorText } from "./errortext.js";
import { recordOver } from "./hostline.js";
import { traceJournal as journal } from "./journal.js";
import { Policy } from "./policy.js";
import { makeRecognizer } from "./network.js";
import { startPulse } from "./pulse.js";
import { readScript } from "./resources.js";
import { Sampler } from "./sampler.js";
import { AppScript } from "./script/appscript.js";
import { Sleeper } from "./sleeper.js";
import { Supplies } from "./supplies.js";
import { uptimeOf } from "./uptime.js";
import { Windows } from "./windows.js";
import type { Starts } from "./starts.js";

export function startNode(starts: Starts): void {
  const base: Base = new Base(starts, {
    onDownlink,
    onClockSet: () => sampler.clockSet(),
    onIdle: () => sleeper.check(),
    hold,
    scriptVersion: () => app.version,
    onLinkState: () => app.post("onLink", link()),
    isFree: () => !sampler.isSampling && !recorder?.isRecording,
  });
  const { config, retained, clock: timeOfDay, faults, outbox, connection, reporter, health, updates } = base;
  const policy = new Policy({ ...config.policy, classes: config.classes });
  retained.attach("policy", policy);
  const woke = Sleep.cause === "timer" && retained.isRestored;
  const actuators = new Actuators(config.actuators, {
    onChange: (name, on) => journal("actuation", { time: Date.now() / 1000, actuator: name, on }),
    onInterlock: (name, reason) => journal("interlock", { actuator: name, reason }),
    now: () => timeOfDay.uptime,
    retain: (part) => retained.attach("actuators", part),
    isWoken: woke,
  });
  const uptime = uptimeOf(timeOfDay);
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
      connection.decided(decision.sequence);
      const verdict = policy.decide(decision, now());
      const name = config.classes[decision.label];
      const outcome = typeof verdict === "string" ? verdict : "acted";
      journal("decision", { ...decision, name, outcome });
      if (typeof verdict !== "string") app.post("onVerdict", verdict);
      app.post("onDecision", { name, label: decision.label, confidence: decision.confidence, outcome });
      sleeper.check();
    } catch (error) {
      journal("bad downlink", { port, error: errorText(error) });
    }
  }

  /** Logs a payload that is in flash now, or that the full outbox refused: that is reported as `data dropped`, and a changed verdict is queued again with the next window. */
  function queued(what: "report" | "deferral" | "message", sequence: number | undefined): number | undefined {
    if (sequence === undefined) journal("outbox full", { refused: what, waiting: outbox.count });
    else journal("stored", { what, sequence });
    return sequence;
  }

  const link = () => ({ state: base.linkState, waiting: outbox.waiting });
  /** The node begins anew after the window. */
  let isRestartDue = false;
  const app: AppScript = new AppScript({
    config,
    source: () => updates.script ?? readScript(),
    featureNames: () => recognizer.featureNames,
    features: (name) => recognizer.feature(name),
    actuators,
    makeSafe: () => actuators.makeSafe("script failed"),
    send: (verdict) => void queued("report", reporter.report(verdict, actuators.bits)),
    sendMessage: (message) => void queued("message", reporter.message(message, now())),
    now: () => (timeOfDay.isKnown ? Math.round(timeOfDay.at(now())) : 0),
    uptime: now,
    link,
    battery: () => batteryShare(readBattery(config, journal)),
    faults,
    journal,
    openFlash: () => base.openFlash("app"),
    isFree: () => !sampler.isSampling && !recorder?.isRecording,
    isCrash: starts.isFailure,
    updates,
    onRestart: () => (isRestartDue = Sleep.canSleep),
  });
  retained.attach("app", app);
  app.compile();
  const recognizer: ReturnType<typeof makeRecognizer> = makeRecognizer(base);
  Instruments.set("arenaUsed", recognizer.arenaUsed);
  Instruments.set("arenaAvailable", config.model.arenaBytes);

  const windows = new Windows(
    config,
    {
      onBegin: (lane) => recognizer.begin(lane),
      onFrame: (lane, sensor, { rings }) => recognizer.endFrame(sensor, rings[sensor]!, lane),
      onFault(sensor, kind, count) {
        faults.add(kind, sensor, count);
        const fault = { kind, sensor: config.sensors[sensor]!.name, count };
        journal("fault", fault);
        app.post("onFault", fault);
      },
    },
    updates.offsets,
  );
  retained.attach("intake", windows);

  const sampler: Sampler = new Sampler(
    config,
    openSensor,
    windows,
    {
      onWindow(time, isFit, age) {
        const made = now() - age;
        if (isFit) {
          const verdict = recognizer.recognize(timeOfDay.known(time, made), windows.ended);
          if (!timeOfDay.isKnown) verdict.made = made;
          const decided = policy.judge(verdict);
          journal("verdict", { ...verdict, decided });
          Instruments.set("confidence", verdict.confidence * 100);
          Instruments.set("windowTime", (now() - made - config.window.seconds) * 1000);
          if (decided === "act") app.post("onVerdict", verdict);
          else {
            const sequence = queued("deferral", reporter.defer(verdict, recognizer.window));
            if (sequence !== undefined) policy.deferred(sequence, verdict, now());
          }
        } else {
          actuators.makeSafe("fault");
          app.post("onUnfit", { time: timeOfDay.known(time, made) });
        }
        app.flush();
        base.windowHandled();
        health.check();
        reporter.reportFaults(now());
        base.fragments?.windowHandled(now());
        journal("window", { time, isFit, waiting: outbox.waiting });
        retained.commit();
        Instruments.set("outboxWaiting", outbox.waiting);
        if (isRestartDue) void base.restart();
        sleeper.check();
      },
      onClockJump(seconds) {
        faults.add("clock jumped");
        journal("fault", { kind: "clock jumped", seconds });
        app.post("onFault", { kind: "clock jumped", count: 1 });
      },
      onSensorError: (sensor, error) =>
        journal("sensor failed", { sensor: config.sensors[sensor]!.name, error: errorText(error) }),
    },
    uptime,
    supplies,
  );

  const recorder = recordOver(base, supplies, sampler);
  const sleeper: Sleeper = new Sleeper({
    retained,
    clock: timeOfDay,
    nextWindow: () => sampler.nextAt,
    wakeAt: () => Math.min(actuators.nextAt, app.nextAt, base.clockSync.wakeAt),
    idleUntil: () => base.idleUntil,
    lead: supplies.lead,
    prepare: () => connection.shutDown(),
    onSleep(seconds) {
      hold();
      journal("sleep", { seconds });
    },
  });

  retained.attach("schedule", sleeper);
  Sleep.light();
  if (!woke) journal("start", { node: config.name, arenaUsed: recognizer.arenaUsed, waiting: outbox.waiting });
  base.send(woke);
  app.start();
  sampler.start(sleeper.nextWindow);
  startPulse(
    () => Math.min(sampler.dueAt, recorder?.dueAt ?? Infinity),
    () => timeOfDay.uptime,
  );
  sleeper.check();
}
