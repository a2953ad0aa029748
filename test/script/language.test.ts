// Slow: builds XS for this machine and for the emulated chip
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { languageLevel } from "../../device/codec/package.js";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { language } from "../../host-tools/script/language/list.js";
import { buildHost, runHost, type RunResult } from "../../host-tools/xs/index.js";
import { board, needs } from "../helpers/needs.js";
import { expectedRealm, walk } from "./realm.js";
import { saidOf, expectedValues, valuesScript } from "./values.js";

const program = {
  manifest: path.join(loamRoot, "test/script/manifest.json"),
  main: path.join(loamRoot, "test/script/language.xs.ts"),
};

/** Each reaches by a name that is computed, or by syntax, what the language does not have; "ok": what that gives. */
const beyond: [script: string, outcome: string][] = [
  [`export default () => typeof globalThis["Pro" + "xy"]`, "ok undefined"],
  [
    `export default () => ["Proxy", "Reflect", "eval", "Function", "Compartment", "trace"].filter((name) => name in globalThis).length`,
    "ok 0",
  ],
  [`export default () => new (globalThis["Pro" + "xy"])({}, {})`, "exception "],
  [`export default () => [3, 1]["to" + "Sorted"]()`, "exception "],
  [`export default () => "x"["norma" + "lize"]()`, "exception "],
  [`export default () => Math["ran" + "dom"]()`, "exception "],
  [`export default () => Date["n" + "ow"]()`, "exception "],
  [`export default () => new Date()`, "exception "],
  [`export default () => (() => {})["constr" + "uctor"]("return 1")()`, "exception "],
  [`export default () => (async () => {})["constr" + "uctor"]("return 1")()`, "exception "],
  [`export default () => (function* () {})["constr" + "uctor"]("yield 1")()`, "exception "],
  [`export default () => new (new Date(5)["constr" + "uctor"])(7).getTime()`, "ok 7"],
  [`export default () => eval("1")`, "exception "],
  [`globalThis.eval = (text) => text + "!"; export default () => eval("1")`, "ok 1!"],
  [`export default () => 2n ** 70n`, "exception "],
  ["export default () => new RegExp(String.raw`\\p{L}`, 'u').test('x')", "exception "],
  [`export default () => import("app")`, "exception "],
  [`export default () => import("main")`, "exception "],
];

/** All of the syntax that a script may use. */
const syntax = `
class Counter { #n = 0; static made = 0; static { Counter.made += 1; } get n() { return this.#n; } set n(n) { this.#n = n; } has(o) { return #n in o; } }
function* numbers(n) { for (let i = 0; i < n; i++) yield i; }
async function* later(n) { for (const i of numbers(n)) yield i; }
export default (ask) => {
  const counter = new Counter(); counter.n ??= 1; counter.n ||= 2; counter.n **= 3;
  const { a = 1, ...rest } = { b: 2, c: 3 };
  const [first, , third = 4, ...others] = numbers(6);
  const tagged = (strings, ...values) => strings.raw.join("|") + values.join(",");
  label: for (const x in rest) { for (;;) { if (x === "b") continue label; break label; } }
  let text = [counter.n, counter.has(counter), a, Object.entries(rest).join(";"), first, third, others.length, tagged\`x\${1}y\`, rest?.d?.e ?? "none"].join(" ");
  text += " " + "a1b22".replace(/(?<letter>[a-z])(\\d+)/gu, (...args) => args.at(-1).letter.toUpperCase() + args[2].length);
  text += " " + [...new Set([..."hello"])].join("") + " " + (255).toString(16).padStart(4, "0") + " " + (1 / 3).toFixed(3) + " " + parseFloat("1.5e3x");
  text += " " + [1e20 | 0, Math.trunc(1e20), new Map([[0, 1], [-0, 2]]).size];
  switch (text.length) { case 0: throw new Error("", { cause: 1 }); default: }
  try { throw new RangeError("r"); } catch { text += " caught"; } finally { text += " finally"; }
  (async () => {
    let sum = 0;
    for await (const i of later(4)) sum += i;
    const all = await Promise.all([1, Promise.resolve(2)]);
    const settled = await Promise.allSettled([Promise.reject(1)]);
    ask(sum + " " + all + " " + settled[0].status + " " + [...new Map([[1, 2]])] + " " + JSON.stringify({ x: [1, null] }) + " " + Object.fromEntries([["k", 1]]).k);
    ask(String(given(1, 2)) + globalThis.x);
    const view = new DataView(new ArrayBuffer(8)); view.setFloat32(0, 0.5); ask(Float32Array.from([1, 2.5]).map((x) => x * 2).join() + view.getUint8(0) + new Date(0).toISOString());
  })();
  return text;
};
function given() { return arguments.length; }
`;

function check(t: ExecutionContext, run: RunResult): void {
  t.is(run.exitCode, 0, run.stderr);
  const lines = run.lines.map((line) => JSON.parse(line) as { question?: string; outcome?: string; text?: string });
  const ends = lines.flatMap((line, at) => (line.outcome === undefined ? [] : [at]));
  const objects = lines.slice(0, ends[0]).map(({ question }) => question!.slice(question!.indexOf(" ") + 1));
  t.deepEqual(objects.sort(), expectedRealm());
  t.is(lines[ends[0]!]!.outcome, "ok");

  const [first, last] = [ends[0]!, ends[1]!];
  t.is(
    `${lines[last]!.outcome} ${lines[last]!.text}`,
    "ok 8 true 1 b,2;c,3 0 2 3 x|y1 none A1B2 helo 00ff 0.333 1500 1661992960,100000000000000000000,1 caught finally",
  );
  t.deepEqual(
    lines.slice(first + 1, last).map(({ question }) => question),
    ['6 1,2 rejected 1,2 {"x":[1,null]} 1', "2undefined", "2,563" + "1970-01-01T00:00:00.000Z"],
  );
  t.deepEqual(
    ends.slice(2, -1).map((at, index) => [beyond[index]![0], `${lines[at]!.outcome} ${lines[at]!.text}`]),
    beyond,
  );
  const values = lines.slice(ends.at(-2)! + 1, ends.at(-1)).map(({ question }) => question);
  t.deepEqual(saidOf(values), saidOf(expectedValues()));
}

function scripts(name: string): { scripts: string } {
  const folder = path.join(buildRoot, "test", `language-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify([walk, syntax, ...beyond.map(([script]) => script), valuesScript]));
  return { scripts: file };
}

test("packages and the list have the same language level", (t) => {
  t.is(languageLevel, language.level);
});

test("the emulated chip has the C stack of the firmware", (t) => {
  const manifest = JSON.parse(readFileSync(path.join(loamRoot, "device/manifest.json"), "utf8")) as {
    platforms: { esp32: { creation: { nativeStack: number } } };
  };
  const script = readFileSync(path.join(loamRoot, "host-tools/chip/platform/chip.ld"), "utf8");
  const kilobytes = Number(/chipStackBottom = .; . \+= (\d+)K/.exec(script)?.[1]);
  t.is(kilobytes * 1024, manifest.platforms.esp32.creation.nativeStack + 1024);
});

test("a script finds what the list names, and nothing else", async (t) => {
  check(t, await runHost(await buildHost(program), { resources: scripts("host") }));
});

needs(board)("a script on the emulated chip finds the same", async (t) => {
  check(t, await runChip(await buildChip(program), { resources: scripts("chip"), timeoutMs: 240_000 }));
});
