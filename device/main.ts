/** Wires the node together: sensors -> ring -> features -> inference -> verdict -> policy -> app script and outbox -> link, and decisions back. */
import Flash from "flash";
import Timer from "timer";
import openSensor, { clockIsKnown } from "sensors";
import openLink from "uplink";
import { Actuators } from "./actuators.js";
import { AppScript } from "./appscript.js";
import { decodeDecision, ports } from "./codec/codec.js";
import { UplinkSender } from "./uplinksender.js";
import { errorText } from "./errortext.js";
import { Faults } from "./faults.js";
import { Intake } from "./intake.js";
import { traceJournal as journal } from "./journal.js";
import type { RadioEvent } from "./lorawan/types.js";
import { Outbox } from "./outbox/outbox.js";
import { Policy } from "./policy.js";
import { Recognizer } from "./recognizer.js";
import { openModel, readConfig, readNormalizer } from "./resources.js";
import { Sampler } from "./sampler.js";
import { SyncedClock } from "./syncedclock.js";
import type { Verdict } from "./verdict.js";
import { UplinkReporter } from "./uplinkreporter.js";

const config = readConfig();
const recognizer = new Recognizer(config, openModel(), readNormalizer());
const outbox = new Outbox(new Flash("outbox") as never, config.outbox.bytes);
const faults = new Faults();
const policy = new Policy({ ...config.policy, classes: config.classes });
const actuators = new Actuators(config.actuators, (name, on) =>
  journal("actuation", { time: Date.now() / 1000, actuator: name, on }),
);
const timeOfDay = new SyncedClock(clockIsKnown);
const now = (): number => timeOfDay.uptime / 1000;
/** ms until a radio that failed is tried again. */
const radioRetryDelay = 60_000;

/** Undefined until the link is open. The node measures and acts without it. */
let sender: UplinkSender | undefined;

function radioFailed(error: unknown): void {
  faults.add("radio");
  journal("radio failed", { error: errorText(error) });
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
  } catch (error) {
    journal("bad downlink", { port, error: errorText(error) });
  }
}

function connect(): void {
  const events = {
    onDownlink,
    onState: (state: string) => journal("link", { state }),
    onRadio: ({ at: _, ...event }: RadioEvent) => journal("radio", event),
    onTime: (seconds: number) => {
      if (timeOfDay.setFromNetwork(seconds)) sampler.clockSet();
    },
  };
  openLink(config, events).then(
    ({ link, clock }) => {
      sender = new UplinkSender({ outbox, link, clock, timeOfDay, journal, onRadioError: radioFailed });
      sender.kick();
    },
    (error: unknown) => {
      radioFailed(error);
      Timer.set(connect, radioRetryDelay);
    },
  );
}

const reporter = new UplinkReporter(outbox, faults, timeOfDay, () => sender?.kick());

/** Logs a payload that the full outbox refused; it is reported as `data dropped`, and a changed verdict is queued again with the next window. */
function queued(what: "report" | "deferral", sequence: number | undefined): number | undefined {
  if (sequence === undefined) journal("outbox full", { refused: what, waiting: outbox.count });
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

let app: AppScript | undefined;
guard(() => {
  app = new AppScript({
    config: config.app,
    classes: config.classes,
    actuators: actuators.names,
    featureNames: recognizer.featureNames,
    features: (name) => recognizer.feature(name),
    actuate: (name, on) => actuators.set(name, on),
    send: (verdict) => void queued("report", reporter.report(verdict, actuators.bits)),
    // A script may log anything.
    log: (text: unknown) => journal("log", { text: String(text) }),
  });
});

function act(verdict: Verdict): void {
  guard(() => app?.onVerdict(verdict));
}

const intake = new Intake(config, (sensor, kind, count) => {
  faults.add(kind, sensor, count);
  journal("fault", { kind, sensor: config.sensors[sensor]!.name, count });
});

const sampler = new Sampler(config, openSensor, intake, {
  onWindow(time, isFit, age) {
    if (isFit) {
      const verdict = recognizer.recognize(intake.rings, timeOfDay.isKnown ? time : 0);
      if (!timeOfDay.isKnown) verdict.made = now() - age;
      const decided = policy.judge(verdict);
      journal("verdict", { ...verdict, decided });
      if (decided === "act") act(verdict);
      else {
        const sequence = queued("deferral", reporter.defer(verdict, recognizer.window));
        if (sequence !== undefined) policy.deferred(sequence, verdict, now());
      }
    }
    reporter.reportFaults(now());
    journal("window", { time, isFit, waiting: outbox.count });
  },
  onClockJump(seconds) {
    faults.add("clock jumped");
    journal("fault", { kind: "clock jumped", seconds });
  },
  onSensorError: (sensor, error) =>
    journal("sensor failed", { sensor: config.sensors[sensor]!.name, error: errorText(error) }),
});

journal("start", { node: config.name, arenaUsed: recognizer.arenaUsed, waiting: outbox.count });
connect();
sampler.start();
