import { failureCode, Strikes } from "./strikes.js";
import { Answers, type AnswerParts } from "./answers.js";
import { ScriptMemory } from "./memory.js";
import { Quota } from "./quota.js";
import { ScriptHost, type ScriptEvent, type ScriptHostParts } from "./scripthost.js";
import { ScriptStorage } from "./storage.js";
import { ScriptTimers } from "./timers.js";
import { scriptDefaults, type NodeConfig } from "../config.js";
import { errorText } from "../errortext.js";
import type { Faults } from "../faults.js";
import type { Fields, RetainedPart } from "../flash/fields.js";
import type { FlashPartition } from "../flash/partition.js";
import type { Journal } from "../uplinksender.js";
import type { Verdict } from "../verdict.js";

/** Of the API that this firmware has; docs/scripts.md. */
export const apiLevel = 1;

const hour = 3600;
const day = 86_400;
/** Of `store`: flash bears some 100,000 erases a block. */
const writesPerDay = 24;

/** What hears of the script's failures, and replaces it. */
export interface ScriptUpdates {
  /** It had a strike. */
  scriptStruck(): void;
  /** It has three: the firmware's own has taken over, until its predecessor does. */
  scriptFailed(error: string): void;
  /** It could not be started. */
  scriptNotStarted(error: string): void;
  /** Else it has proved itself, and what has not, such as settings, is taken back in its place. */
  readonly isScriptToBlame: boolean;
  /** What became of a package last: it was taken back. */
  readonly isTakenBack: boolean;
}

export interface AppScriptParts
  extends
    Pick<AnswerParts, "features" | "actuators" | "send" | "sendMessage" | "now" | "uptime" | "link" | "battery">,
    Pick<ScriptHostParts, "source" | "isFree" | "onRestart"> {
  config: NodeConfig;
  /** Asked for when the script is started. */
  featureNames(): readonly string[];
  faults: Faults;
  journal: Journal;
  openFlash(): FlashPartition;
  /** The outputs go to their safe state. */
  makeSafe(): void;
  updates: ScriptUpdates;
  /** The program before this one crashed or hung. */
  isCrash: boolean;
}

/** The app script and what it has: its machine, its limits, its timers, what it stores and remembers. */
export class AppScript implements RetainedPart {
  readonly #parts: AppScriptParts;
  readonly #host: ScriptHost;
  readonly #answers: Answers;
  readonly #memory = new ScriptMemory();
  readonly #timers: ScriptTimers;
  readonly #quotas: AnswerParts["quotas"];
  readonly #firings: Quota;
  /** In this program, by the firmware's own. */
  #isReplaced = false;

  constructor(parts: AppScriptParts) {
    this.#parts = parts;
    const { config, uptime, journal, faults } = parts;
    const limits = { ...scriptDefaults, ...config.app.limits };
    this.#timers = new ScriptTimers(
      () => uptime() * 1000,
      (name) => this.post("onTimer", name),
      (due) => this.#mayFire(due / 1000),
      () => this.#host.isStarting,
    );
    this.#quotas = {
      actuations: new Quota("actuations", limits.actuationsPerHour, hour, uptime),
      uplinks: new Quota("uplinks", limits.uplinksPerDay, day, uptime),
      writes: new Quota("writes", writesPerDay, day, uptime),
    };
    this.#firings = new Quota("timers", limits.timersPerHour, hour, uptime);
    const storage = new ScriptStorage(parts.openFlash, limits.storageBytes);
    this.#answers = new Answers({
      ...parts,
      classes: config.classes,
      timers: this.#timers,
      memory: this.#memory,
      storage,
      quotas: this.#quotas,
      log: (text) => journal("log", { text }),
    });
    const strikes = new Strikes(storage, parts.isCrash);
    /** Before the switch: a power cut between them leaves it the strikes of neither. */
    const forgive = (): void => {
      if (!parts.updates.isScriptToBlame) strikes.forgive();
    };
    this.#host = new ScriptHost({
      limits,
      strikes,
      source: parts.source,
      info: () => ({
        level: apiLevel,
        config: { rules: config.app.rules, settings: config.app.settings },
        classes: config.classes,
        actuators: config.actuators.map(({ name }) => name),
        sensors: config.sensors.map(({ name }) => name),
        featureNames: parts.featureNames(),
      }),
      answer: (name, args) => this.#answers.answer(name, args),
      isFree: parts.isFree,
      uptime: () => uptime() * 1000,
      onFailure(failure, error, strikes) {
        faults.add("script failed", failureCode(failure));
        journal("script failed", { failure, error, strikes });
        parts.makeSafe();
        parts.updates.scriptStruck();
      },
      onReplaced: (error) => {
        this.#isReplaced = true;
        this.#timers.clearAll();
        this.#renewQuotas();
        forgive();
        parts.updates.scriptFailed(error);
        journal("script replaced", { by: "the firmware's own" });
      },
      onStartFailed(error) {
        forgive();
        parts.updates.scriptNotStarted(error);
      },
      onUnhandled: (event) => this.#unhandled(event),
      onBegin: ([name]) => {
        if (name === "onVerdict") this.#answers.beginVerdict();
      },
      onRestart: parts.onRestart,
    });
  }

  get version(): number {
    return this.#host.version;
  }

  /** Uptime (ms) of its next timer; Infinity: there is none. */
  get nextAt(): number {
    return this.#timers.nextAt;
  }

  /** To be called when its state was restored, and the network has no memory yet. */
  compile(): void {
    this.#host.compile();
  }

  /** To be called when the node can be asked for all that the script may want. */
  start(): void {
    this.#timers.start(() => this.#host.start());
  }

  /** Passes an event on, at once or at the window's end. */
  post(...event: ScriptEvent): void {
    this.#host.post(...event);
  }

  /** A window has ended. */
  flush(): void {
    this.#host.flush();
  }

  /** Each timer wakes the node: a script that has them due too often is stopped. */
  #mayFire(due: number): boolean {
    try {
      this.#firings.take(due);
      return true;
    } catch (error) {
      this.#host.exceeded(errorText(error));
      return false;
    }
  }

  /** The cloud gets the verdict whether or not there is a script that works. */
  #unhandled([name, verdict]: ScriptEvent): void {
    if (name !== "onVerdict" || this.#answers.hasReported) return;
    this.#parts.send(verdict as Verdict);
  }

  /** What another script has used up is none of this one's. */
  #renewQuotas(): void {
    const { actuations, uplinks, writes } = this.#quotas;
    for (const quota of [actuations, uplinks, writes, this.#firings]) quota.renew();
  }

  layout(fields: Fields): void {
    this.#memory.layout(fields);
    this.#timers.layout(fields);
    this.#quotas.actuations.layout(fields);
    this.#quotas.uplinks.layout(fields);
    this.#quotas.writes.layout(fields);
    this.#firings.layout(fields);
    if (fields.number(4, this.#host.id) === this.#host.id) return;
    this.#renewQuotas();
    // A script that has failed leaves no timers; one that another version has replaced does.
    if (this.#isReplaced || this.#parts.updates.isTakenBack) this.#timers.clearAll();
  }
}
