import { decodeUtf8, encodeUtf8 } from "../codec/utf8.js";
import type { Verdict } from "../verdict.js";
import { checkChoice, checkFlag, checkNumber, checkText, checkWhole } from "./checks.js";
import { scriptMemoryBytes, type ScriptMemory } from "./memory.js";
import type { Quota } from "./quota.js";
import type { ScriptStorage } from "./storage.js";
import { longestName, type ScriptTimers } from "./timers.js";

/** Of sendValues: it is checked again by the codec. */
const mostValues = 8;
const longestText = 40;
/** Seconds: 31 days. */
const longestTimer = 2_678_400;

export interface AnswerParts {
  classes: readonly string[];
  features(name: string): number[];
  actuators: { set(name: string, on: boolean): boolean; isOn(name: string): boolean };
  /** Queues a report. */
  send(verdict: Verdict): void;
  /** Queues a message. */
  sendMessage(message: { values?: number[]; text?: string }): void;
  timers: ScriptTimers;
  storage: ScriptStorage;
  memory: ScriptMemory;
  quotas: { actuations: Quota; uplinks: Quota; writes: Quota };
  /** Seconds since 1970; 0 when it is not known. */
  now(): number;
  /** Seconds. */
  uptime(): number;
  link(): object;
  battery(): object;
  log(text: string): void;
}

/** What the functions work on. */
interface Call extends AnswerParts {
  /** A report of the verdict that the script is called with costs nothing. */
  isReportFree: boolean;
  /** Whether the script has sent one. */
  hasReported: boolean;
}

type Answer = (parts: Call, args: unknown[]) => unknown;

const actuatorOf = (name: unknown): string => checkText("actuator", name, 1, 64);
const keyOf = (name: unknown): string => checkText("name", name, 1, 32);
const timerOf = (name: unknown): string => checkText("timer", name, 1, longestName);

/** Tables of the module: on the chip they are in flash. */
const acting: Record<string, Answer> = {
  actuate({ actuators, quotas }, [name, on]) {
    const actuator = actuatorOf(name);
    const wanted = checkFlag("on", on);
    if (actuators.isOn(actuator) === wanted) return false;
    // Switching off is safe, and never refused.
    if (wanted) quotas.actuations.check();
    const isChanged = actuators.set(actuator, wanted);
    if (isChanged) quotas.actuations.note();
    return isChanged;
  },
  isOn: ({ actuators }, [name]) => actuators.isOn(actuatorOf(name)),
  send(call, [label, confidence, time, made, source]) {
    const verdict: Verdict = {
      label: checkWhole("label", label, 0, call.classes.length - 1),
      name: "",
      confidence: checkNumber("confidence", confidence, 0, 1),
      time: checkNumber("time", time, 0, 0xffffffff),
      source: checkChoice("source", source, ["node", "cloud"]),
    };
    if (made !== null) verdict.made = checkNumber("made", made, 0, 1e12);
    if (call.isReportFree) call.isReportFree = false;
    else call.quotas.uplinks.take();
    call.hasReported = true;
    call.send(verdict);
  },
  sendValues({ quotas, sendMessage }, [values]) {
    if (!Array.isArray(values)) throw new TypeError("a list of numbers expected");
    checkWhole("numbers", values.length, 1, mostValues);
    for (const value of values) checkNumber("value", value, -3.4e38, 3.4e38);
    quotas.uplinks.take();
    sendMessage({ values: values as number[] });
  },
  sendText({ quotas, sendMessage }, [text]) {
    const checked = checkText("text", text, 1, longestText);
    if (!decodeUtf8(encodeUtf8(checked))) throw new TypeError("text: half of a character, which UTF-8 has not");
    quotas.uplinks.take();
    sendMessage({ text: checked });
  },
  setTimer({ timers }, [name, seconds, repeat]) {
    timers.set(timerOf(name), checkNumber("seconds", seconds, 1, longestTimer), checkFlag("repeat", repeat));
  },
  clearTimer: ({ timers }, [name]) => timers.clear(timerOf(name)),
};

const asking: Record<string, Answer> = {
  features: ({ features }, [name]) => features(checkText("name", name, 1, 128)),
  now: ({ now }) => now(),
  uptime: ({ uptime }) => uptime(),
  link: ({ link }) => link(),
  battery: ({ battery }) => battery(),
  log: ({ log }, [text]) => log(checkText("text", text, 0, 1024)),
};

const storing: Record<string, Answer> = {
  store({ storage, quotas }, [name, text]) {
    storage.store(keyOf(name), checkText("text", text, 0, 1024), () => quotas.writes.take());
  },
  load: ({ storage }, [name]) => storage.load(keyOf(name)),
  remember: ({ memory }, [text]) => memory.set(checkText("text", text, 0, scriptMemoryBytes)),
  recall: ({ memory }) => memory.text,
};

/** The node's side of the API: each function gets whatever the script handed over. */
export class Answers {
  readonly #call: Call;

  constructor(parts: AnswerParts) {
    this.#call = { ...parts, isReportFree: false, hasReported: false };
  }

  /** The script is about to be called with a verdict. */
  beginVerdict(): void {
    this.#call.isReportFree = true;
    this.#call.hasReported = false;
  }

  get hasReported(): boolean {
    return this.#call.hasReported;
  }

  /** @throws QuotaError, RangeError, TypeError */
  answer(name: string, args: unknown[]): unknown {
    for (const table of [acting, asking, storing])
      if (Object.hasOwn(table, name)) return table[name]!(this.#call, args);
    throw new TypeError("there is no such function");
  }
}
