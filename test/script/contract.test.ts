// Slow: runs the whole node
/** API level 1 with wrong arguments and values at the edge: what each call gives, or throws. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { buildRoot } from "../../host-tools/lib/paths.js";
import type { SimulationEvent } from "../../host-tools/simulate/events.js";
import { simulate } from "../../host-tools/simulate/simulate.js";
import { exampleNode, quietDay } from "../device/helpers/day.js";
import { writeSoilDay } from "../device/helpers/soil.js";
import { logs } from "./day.js";

const folder = path.join(buildRoot, "test", `contract-${process.pid}`);
const limits = { bytes: 131072, stack: 2048, calls: 1000, seconds: 5 };
const config = { ...exampleNode(), app: { limits } };
const { recording, model } = writeSoilDay(
  folder,
  config,
  quietDay(config, 1, () => 10),
);

/** Calls in their order, with what comes of them. */
const contract: Record<string, [call: string, result: string | RegExp][]> = {
  acting: [
    [`actuate("valve", NaN)`, "TypeError: actuate: on NaN: true or false expected"],
    [`actuate("valve")`, "TypeError: actuate: on undefined: true or false expected"],
    [`actuate("", true)`, "RangeError: actuate: actuator: 0 bytes, 1 to 64 expected"],
    [`actuate("x".repeat(65), true)`, "RangeError: actuate: actuator: 65 bytes, 1 to 64 expected"],
    [`actuate("x".repeat(10000), true)`, "RangeError: actuate: arguments of more than 1024 bytes"],
    [`actuate(Symbol("valve"), true)`, "TypeError: actuate: actuator symbol: a text expected"],
    [`actuate(new String("valve"), true)`, "TypeError: actuate: actuator object: a text expected"],
    [`actuate("valve", true)`, "true"],
    [`actuate("valve", true)`, "false"],
    [`isOn("valve")`, "true"],
    [`isOn("constructor")`, /^RangeError: isOn: actuator "constructor": the node has valve/],
    [`setTimer("a", 0.999)`, "RangeError: setTimer: seconds 0.999: 1 to 2678400 expected"],
    [`setTimer("a", -0)`, "RangeError: setTimer: seconds 0: 1 to 2678400 expected"],
    [`setTimer("a", 2147483648)`, "RangeError: setTimer: seconds 2147483648: 1 to 2678400 expected"],
    [`setTimer("a", Infinity)`, "TypeError: setTimer: seconds Infinity: a number expected"],
    [`setTimer("a", "5")`, `TypeError: setTimer: seconds "5": a number expected`],
    [`setTimer("a", 5, null)`, "TypeError: setTimer: repeat null: true or false expected"],
    [`setTimer("ä".repeat(9), 5)`, "RangeError: setTimer: timer: 18 bytes, 1 to 16 expected"],
    [`[1, 2, 3, 4, 5, 6, 7, 8].map((n) => api.setTimer("t" + n, 2678400)).length`, "8"],
    [`setTimer("t9", 2678400)`, "RangeError: setTimer: there are 8 timers"],
    [`clearTimer("t1")`, "true"],
    [`clearTimer("t1")`, "false"],
    [`setTimer("\\ud800\\0", 1000)`, "undefined"],
    [`clearTimer("\\ud800\\0")`, "true"],
    [`clearTimer()`, "TypeError: clearTimer: timer undefined: a text expected"],
  ],
  sending: [
    [`send()`, "TypeError: send: label undefined: a number expected"],
    [`send({ ...verdict, label: -1 })`, "RangeError: send: label -1: 0 to 5 expected"],
    [`send({ ...verdict, confidence: NaN })`, "TypeError: send: confidence NaN: a number expected"],
    [`send({ ...verdict, time: 4294967296 })`, "RangeError: send: time 4294967296: 0 to 4294967295 expected"],
    [`send({ ...verdict, time: -1 })`, "RangeError: send: time -1: 0 to 4294967295 expected"],
    [`send({ ...verdict, source: "elsewhere" })`, "RangeError: send: source elsewhere: node or cloud expected"],
    [`send({ label: 0, confidence: 1, time: 1 })`, "TypeError: send: source undefined: a text expected"],
    [`send({ label: -0, confidence: -0, time: -0, source: "cloud" })`, "undefined"],
    [`sendValues([1, Infinity])`, "TypeError: sendValues: value Infinity: a number expected"],
    [`sendValues([1e39])`, "RangeError: sendValues: value 1e+39: -3.4e+38 to 3.4e+38 expected"],
    [`sendValues(new Array(8))`, "TypeError: sendValues: value null: a number expected"],
    [`sendValues({ length: 3 })`, "TypeError: sendValues: a list of numbers expected"],
    [`sendValues([-0, 5e-324])`, "undefined"],
    [`sendText("\\udc00\\ud800")`, "TypeError: sendText: text: half of a character, which UTF-8 has not"],
    [`sendText("ä".repeat(21))`, "RangeError: sendText: text: 42 bytes, 1 to 40 expected"],
    [`sendText("\\u{1f600}".repeat(11))`, "RangeError: sendText: text: 44 bytes, 1 to 40 expected"],
    [`sendText("pump \\u{1f600} on")`, "undefined"],
    [`sendText("a\\0b")`, "undefined"],
  ],
  storing: [
    [`store("k")`, "TypeError: store: text undefined: a text expected"],
    [`store("", "x")`, "RangeError: store: name: 0 bytes, 1 to 32 expected"],
    [`store("__proto__", "p")`, "undefined"],
    [`load("__proto__") + api.load("toString")`, "p"],
    [`store("__proto__", "")`, "undefined"],
    [`store("\\ud800\\0", "\\0")`, "undefined"],
    [`load("\\ud800\\0").length`, "1"],
    [`store("\\ud800\\0", "")`, "undefined"],
    [`store("q", "x".repeat(507))`, "RangeError: store: 513 bytes in all, at most 512 fit"],
    [`store("q", "x".repeat(506))`, "undefined"],
    [`load("q").length`, "506"],
    [`store("r", "x")`, "RangeError: store: 520 bytes in all, at most 512 fit"],
    [`store("q", "x".repeat(1025))`, "RangeError: store: arguments of more than 1024 bytes"],
    [`remember()`, "TypeError: remember: text undefined: a text expected"],
    [`remember(5)`, "TypeError: remember: text 5: a text expected"],
    [`remember("ä".repeat(129))`, "RangeError: remember: text: 258 bytes, 0 to 256 expected"],
    [`remember("ä".repeat(128))`, "undefined"],
    [`recall().length`, "128"],
    [`remember("\\ud800\\0")`, "undefined"],
    [`recall().length`, "2"],
  ],
  asking: [
    [`features("\\ud800")`, /^RangeError: features: feature/],
    [`features("x".repeat(129))`, "RangeError: features: name: 129 bytes, 1 to 128 expected"],
    [`features("soil.mean").length`, "15"],
    [`now() > 1600000000`, "true"],
    [`link().waiting`, "0"],
    [`battery().level`, "undefined"],
    [`log("\\u4e00".repeat(500))`, "undefined"],
    [`log("\\u0001".repeat(500))`, "undefined"],
    [`log(Symbol("s"))`, "undefined"],
    [`level`, "1"],
  ],
};

for (const [name, calls] of Object.entries(contract))
  test(`API level 1 at its edges: ${name}`, async (t) => {
    const script = path.join(folder, name);
    mkdirSync(script, { recursive: true });
    const tries = calls.map(([call]) => `attempt(() => ${call.startsWith("[") ? call : `api.${call}`});`).join("\n");
    writeFileSync(
      path.join(script, "app.js"),
      `export default (api) => ({
        onVerdict(verdict) {
          const attempt = (run) => {
            let result;
            try { result = String(run()); } catch (error) { result = error.name + ": " + error.message; }
            api.log("> " + result);
          };
          ${tries}
        },
      });`,
    );
    const events: SimulationEvent[] = [];
    await simulate({ recording, config, model, script, onEvent: (event) => events.push(event) });
    const results = logs(events).flatMap((text) => (text.startsWith("> ") ? [text.slice(2)] : []));
    t.is(results.length, calls.length);
    for (const [i, [call, expected]] of calls.entries())
      if (typeof expected === "string") t.is(results[i], expected, call);
      else t.regex(results[i]!, expected, call);
    t.deepEqual(
      events.filter(({ event }) => event === "script failed"),
      [],
    );
    const texts = events.flatMap((event) =>
      event.event === "uplink" && event.payload.kind === "app" && event.payload.text !== undefined
        ? [event.payload.text]
        : [],
    );
    t.deepEqual(texts, name === "sending" ? ["pump \u{1f600} on", "a\0b"] : []);
  });
