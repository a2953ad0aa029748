/** The firmware's part in the script machine: starts the app script in a compartment, and stands between it and the node. Only JSON passes. */
import { errorText } from "errortext";
import { limitGlobals } from "language";

/** What the script has used up; the node counts it by itself. */
class QuotaError extends RangeError {
  override name = "QuotaError";
}

interface Info {
  level: number;
  config: object;
  classes: string[];
  actuators: string[];
  sensors: string[];
  featureNames: string[];
}

type Handlers = Record<string, ((...args: unknown[]) => void) | undefined>;
type Verdict = Record<string, unknown>;

/** Bytes of an error's text that are passed on. */
const longestError = 160;
/** Bytes of a question, in JSON: native/script. */
const longestQuestion = 1024;
/** Characters of a line of the log. */
const longestLine = 500;

/** JSON has no word for some values: the node gets their text, and refuses it. */
function wire(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 20).map(wire);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && value - value === 0) return value;
  return { is: typeof value === "number" || value === undefined ? String(value) : typeof value };
}

function askNode(name: string, question: string): string {
  try {
    return native("xs_script_ask").call(undefined, question) as string;
  } catch (error) {
    // What is too long is not passed on.
    throw error instanceof RangeError
      ? new RangeError(`${name}: arguments of more than ${longestQuestion} bytes`)
      : error;
  }
}

function ask(name: string, ...args: unknown[]): unknown {
  const question = JSON.stringify([name, ...args.map(wire)]);
  const reply = askNode(name, question);
  const rest = reply.slice(1);
  if (reply.startsWith("=")) return rest === "" ? undefined : JSON.parse(rest);
  throw reply.startsWith("Q")
    ? new QuotaError(rest)
    : reply.startsWith("R")
      ? new RangeError(rest)
      : new TypeError(rest);
}

/** As much of a line as is passed on: a character may have 6 bytes in JSON. */
function log(line: string): void {
  for (let length = longestLine; ; length >>= 1)
    try {
      return void ask("log", line.slice(0, length));
    } catch (error) {
      if (length < longestQuestion / 8 || !(error instanceof RangeError)) throw error;
    }
}

const api = (info: Info): object => ({
  ...info,
  features: (name: unknown) => ask("features", name),
  actuate: (name: unknown, on: unknown) => ask("actuate", name, on),
  isOn: (name: unknown) => ask("isOn", name),
  send: (verdict: unknown) => {
    const { label, confidence, time, made, source } = Object(verdict) as Verdict;
    ask("send", label, confidence, time, made ?? null, source);
  },
  sendValues: (values: unknown) => ask("sendValues", values),
  sendText: (text: unknown) => ask("sendText", text),
  setTimer: (name: unknown, seconds: unknown, repeat: unknown = false) => ask("setTimer", name, seconds, repeat),
  clearTimer: (name: unknown) => ask("clearTimer", name),
  now: () => ask("now"),
  uptime: () => ask("uptime"),
  link: () => ask("link"),
  battery: () => ask("battery"),
  store: (name: unknown, text: unknown) => ask("store", name, text),
  load: (name: unknown) => ask("load", name),
  remember: (text: unknown) => ask("remember", text),
  recall: () => ask("recall"),
  log: (text: unknown) => log(String(text)),
});

function start(info: Info, source: string | ModuleSource): Handlers {
  const compartment = new Compartment({ globals: {}, modules: { app: { source } } });
  limitGlobals(compartment.globalThis);
  const begin = compartment.importNow("app")["default"] as ((api: object) => Handlers | undefined) | undefined;
  if (typeof begin !== "function") throw new TypeError("app script: its default export is not a function");
  const app = begin(Object.freeze(api(info), true));
  if (typeof app?.["onVerdict"] !== "function")
    throw new TypeError("app script: its default export returned no onVerdict");
  return app;
}

const state: { source?: string | ModuleSource; app?: Handlers } = {};

/**
 * @param message first the script's text ("": the firmware's own), which nothing holds any longer once it is compiled; then an event's name and its arguments.
 * @returns of the start, the script's version; what begins with "!" is an error that the script did not catch
 */
export default function handle(message: string): string {
  try {
    if (state.source === undefined) {
      state.source = message === "" ? "app" : new ModuleSource(message);
      return "";
    }
    const [event, ...args] = JSON.parse(message) as [string, ...unknown[]];
    if (event === "start") {
      state.app = start(args[0] as Info, state.source);
      return String(Number(state.app["version"] ?? 0) & 0xffff);
    }
    state.app![event]?.(...args.map((value) => Object.freeze(value, true)));
    return "";
  } catch (error) {
    return (error instanceof QuotaError ? "!Q" : "!E") + errorText(error).slice(0, longestError);
  }
}
