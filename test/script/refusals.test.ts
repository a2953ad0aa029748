import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { execa } from "execa";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { bundleScript } from "../../host-tools/script/bundle.js";
import { createKeyFile } from "../../host-tools/script/keys.js";

const folder = path.join(buildRoot, "test", `refusals-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const script = (line: string): string => `import type { App, AppApi } from "loam/app";

export default (api: AppApi): App => ({
  onVerdict(verdict) {
    ${line}
  },
});
`;

function write(name: string, files: Record<string, string>): string {
  const place = path.join(folder, name);
  mkdirSync(place, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(place, file), text);
  return place;
}

/** The lines of the refusal, without the folder. */
async function refusal(name: string, files: Record<string, string>): Promise<string[]> {
  const place = write(name, files);
  const shown = path.relative(process.cwd(), place) + path.sep;
  const error = await bundleScript(place).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  return error ? error.message.split("\n").map((line) => line.replace(shown, "")) : [];
}

const not = (what: string, instead?: string): string =>
  `${what}: not in the language of app scripts, level 1 (docs/language.md)${instead === undefined ? "" : `; instead: ${instead}`}`;

/** A line of app.ts, the column of what is refused, and why. */
const refused: [line: string, column: number, text: string][] = [
  [`setTimeout(() => {}, 100);`, 5, not("setTimeout", "api.setTimer(name, seconds) and onTimer")],
  [`console.log(verdict);`, 5, not("console", "api.log(text)")],
  [`api.log(String(Math.random()));`, 25, not("Math.random", "a generator of your own, begun with api.uptime()")],
  [`api.log(String(Date.now()));`, 25, not("Date.now", "api.now(), seconds")],
  [`api.log(String(new Date()));`, 20, not("new Date()", "new Date(api.now() * 1000)")],
  [`api.log(Date());`, 13, not("Date()", "new Date(api.now() * 1000)")],
  [`api.log(String(new Proxy({}, {})));`, 24, not("Proxy", "a class with getters and setters")],
  [`Reflect.ownKeys(verdict);`, 5, not("Reflect", "Object.keys, Object.defineProperty, key in object")],
  [`api.log(String(eval("1")));`, 20, not("eval", "a function")],
  [
    `api.log(String(new Function("return 1")));`,
    24,
    not("Function", "a function; as a type (...args: unknown[]) => unknown"),
  ],
  [`new WeakRef(verdict);`, 9, not("WeakRef", "a reference, or WeakMap")],
  [`new FinalizationRegistry(() => {});`, 9, not("FinalizationRegistry", "a function that is called when it is done")],
  [`api.log(String(2n ** 70n));`, 20, not("2n", "Number: whole numbers to 2^53")],
  [`api.log([2, 1].toSorted().join());`, 20, not("toSorted", "a copy: [...list].sort()")],
  [`api.log([1].with(0, 2).join());`, 17, not("with", "a copy, and an assignment")],
  [`api.log((1234.5).toLocaleString());`, 22, not("toLocaleString", "toString, toFixed")],
  [`api.log(new Intl.NumberFormat().format(1));`, 17, not("Intl", "toFixed, padStart")],
  [`api.log("x".normalize());`, 17, not("normalize")],
  [`api.log("x".anchor("y"));`, 17, not("anchor")],
  [`api.log(Object.groupBy([1], String)["1"]);`, 20, not("groupBy", "a loop and a Map")],
  [`api.log(new Error("x").stack);`, 28, not("stack", "message")],
  [`void import("./app.js");`, 10, not("import()", "import at the top of the file")],
  [`api.log(import.meta.url);`, 13, not("import.meta")],
  [`api.log(String(/[a--b]/v.test("x")));`, 20, not("the flag v of a regular expression", "the flag u")],
  [`api.log(String(/\\p{L}/u.test("x")));`, 20, not("\\p{...} in a regular expression", "ranges of characters")],
  [
    `api.log(String(/b(?:a*)?x/.test("aab")));`,
    22,
    not(
      "a repetition of what can match nothing, (?:a*)?",
      "one of the group's own: (?:a|b)* for (?:a*|b)*, (?:a|b)? for (?:a|b|)",
    ),
  ],
  [
    `api.log(String(new RegExp("^(a|ab){2}c").test("abac")));`,
    20,
    not(
      "a counted repetition of what can match in several ways, (a|ab){2}",
      "the group as often as it is to be, * or + for the count, or alternatives that begin differently",
    ),
  ],
  [
    `api.log(String(/^(?:(a)|b)*?$/.exec("ab")));`,
    22,
    not("a capturing group in a lazy repetition, (?:(a)|b)*?", "(?:...), or * for *?"),
  ],
  [
    `api.log(String(/(?:(a)|(aa))*\\1/.exec("aaaa")));`,
    21,
    not(
      "a repetition with several ways to match, and a back-reference, (?:(a)|(aa))*",
      "two expressions, or a comparison of the captures",
    ),
  ],
  [`api.log(String(/x[\\w-.]/.test("x")));`, 22, not("a - beside a class of characters", "\\-")],
  [`api.log(String(/(?=a)*b/.test("x")));`, 21, not("a repeated look-around", "the look-around once")],
  [`api.log(verdict.confidense);`, 21, "Property 'confidense' does not exist on type 'AppVerdict'."],
  [`api.actuate("valve", 1);`, 26, "Argument of type 'number' is not assignable to parameter of type 'boolean'."],
];

test("each line of a script that is refused is said, with its column and what is there instead", async (t) => {
  const all = await refusal("refused", { "app.ts": script(refused.map(([line]) => line).join("\n")) });
  for (const [at, [line, column, text]] of refused.entries()) {
    const first = all.find((said) => said.startsWith(`app.ts:${5 + at}:`));
    // The first line is indented.
    t.true(first?.startsWith(`app.ts:${5 + at}:${at === 0 ? column : column - 4}: ${text}`), `${line}: ${first}`);
  }
});

test("what an app script is for passes", async (t) => {
  const lines = [
    `const parts = "a,b".split(",").map((part, at) => part.padEnd(4) + (at / 3).toFixed(2));`,
    `for (const [key, value] of Object.entries({ a: 1, ...{ b: 2 } })) parts.push(key + value);`,
    `const later = async () => { for await (const part of parts) api.log(part); return Promise.all([1, api.now()]); };`,
    `void later().then(([first]) => api.log(String(first)), (error: unknown) => api.log(String(error)));`,
    `const known = new Map([[1, new Set([2])]]); if (known.get(1)?.has(2) && parts.includes("a1")) api.log(JSON.stringify(parts));`,
    `const match = /(?<n>\\d+)/u.exec("a12"); api.log(match?.groups?.["n"] ?? new Date(api.now() * 1000).toISOString());`,
    `api.sendValues([...Float32Array.of(parseFloat("1.5"), Math.hypot(3, 4), Number.EPSILON)]);`,
    `class Count { #n = 0; static made = 0; get n() { return ++this.#n; } } api.log(String(new Count().n + Count.made));`,
    `function* numbers() { yield* [1, 2]; } const [one = 0, ...rest] = numbers(); api.log(String(one ** rest.length));`,
    `api.remember(String.fromArrayBuffer(ArrayBuffer.fromString("x"))); const f: Function = () => 1; f.call(undefined);`,
  ];
  t.deepEqual(await refusal("good", { "app.ts": script(lines.join("\n")) }), []);
});

test("all of it is said at once, in what the script imports too, and in JavaScript", async (t) => {
  const lines = await refusal("two", {
    "app.js": `import { helper } from "./helper.js";\nexport default (api) => ({ onVerdict(v) { helper(v.anything); structuredClone(v); } });`,
    "helper.js": `export function helper(x) {\n  const own = {};\n  own.value = x;\n  return own.value ?? new Proxy(own, {});\n}`,
  });
  t.deepEqual(lines, [
    `app.js:2:63: ${not("structuredClone", "JSON.parse(JSON.stringify(value))")}`,
    `helper.js:4:27: ${not("Proxy", "a class with getters and setters")}`,
  ]);
});

test("a member that a value has with some of its types, in JavaScript, is not said to be missing", async (t) => {
  const helper = `/** @param {String|Number} x */
    export const sizeOf = (x) => { const isText = [typeof x === "string"]; return isText[0] ? x.length : x.toFixed(1); };
    export const isOpen = (o) => { const { writable } = Object.getOwnPropertyDescriptor(o, "x"); return writable; };`;
  const entry = `import { isOpen, sizeOf } from "./helper.js";\nexport default () => [sizeOf("x"), isOpen({ x: 1 })].at(0);`;
  t.deepEqual(await refusal("some", { "app.js": entry, "helper.js": helper }), []);
  const none = helper.replace("x.length", "x.normalize()");
  t.deepEqual(await refusal("none", { "app.js": entry, "helper.js": none }), [`helper.js:2:97: ${not("normalize")}`]);
});

test("names in brackets, and of globalThis, in JavaScript", async (t) => {
  const lines = await refusal("brackets", {
    "app.js": `globalThis.setTimeout(() => {}, 1);\nexport default () => [2, 1]["toSorted"]();`,
  });
  t.deepEqual(lines, [
    `app.js:1:12: ${not("setTimeout", "api.setTimer(name, seconds) and onTimer")}`,
    `app.js:2:29: ${not("toSorted", "a copy: [...list].sort()")}`,
  ]);
});

test("names that every object of Node has, in brackets and patterns", async (t) => {
  const lines = await refusal("accessors", {
    "app.js": `const name = "__proto__";
      export default (o) => [
      o["__defineGetter__"]("x", () => 1),
      o?.["__lookup" + "Setter__"]("x"),
      o[name],
      (({ __proto__: p, "__defineSetter__": d, [name]: q }) => [p, d, q])(o),
      o.fine["__proto"], { __proto__: null },
    ];`,
  });
  t.deepEqual(lines, [
    `app.js:3:9: ${not("__defineGetter__", "Object.defineProperty")}`,
    `app.js:4:11: ${not("__lookupSetter__", "Object.getOwnPropertyDescriptor")}`,
    `app.js:5:9: ${not("__proto__", "Object.getPrototypeOf, Object.setPrototypeOf")}`,
    `app.js:6:11: ${not("__proto__", "Object.getPrototypeOf, Object.setPrototypeOf")}`,
    `app.js:6:25: ${not("__defineSetter__", "Object.defineProperty")}`,
    `app.js:6:48: ${not("__proto__", "Object.getPrototypeOf, Object.setPrototypeOf")}`,
  ]);
});

test("texts that an expression is made of, where they are known beforehand", async (t) => {
  const counted =
    /app\.[jt]s:(\d+):\d+: a counted repetition of what can match in several ways, \(\?:a\|ab\)\{2\}: not in/;
  const linesOf = (lines: readonly string[]): (number | string)[] =>
    lines.map((line) => Number(counted.exec(line)?.[1]) || line);
  const fragment = `export const ways = "(?:a|ab)", twice = ways + "{2}";`;
  const lines = await refusal("texts", {
    "fragment.ts": fragment,
    "app.ts": `import { twice, ways } from "./fragment.js";
      const fine = "(?:a|b){2}", raw = String.raw\`(?:a|ab){2}\\d\`, literal = /a|ab/;
      let later = twice;
      export default (x: string, y: { match(text: string): number }, isOne: boolean) => [
      x.match("(?:a|ab){2}"),
      x.matchAll(\`^\${ways}{2}\` as never),
      x?.search((twice) as string),
      x["match"](isOne ? fine : "(?:a|ab){2}$"),
      RegExp(raw, "i"),
      new globalThis.RegExp(twice),
      new RegExp("(?:" + literal.source + "){2}"),
      x.match(fine), x.replace("(?:a|ab){2}", ""), x.split("(?:a|ab){2}"), y.match("(?:a|ab){2}"), x.match(later), new RegExp(literal, "g"),
    ];`,
  });
  t.deepEqual(linesOf(lines), [5, 6, 7, 8, 9, 10, 11]);
  const untyped = await refusal("untyped", { "app.js": `export default (x) => x.match("(?:a|ab){2}");` });
  t.deepEqual(linesOf(untyped), [1]);
  const others = await refusal("others", {
    "app.js": `export default (x, flags) => [new RegExp("a", "v"), RegExp("[\\\\p{L}]", "u"), RegExp("(?:a*)*", flags), "".search("${"x".repeat(401)}")];`,
  });
  t.deepEqual(others, [
    `app.js:1:31: ${not("the flag v of a regular expression", "the flag u")}`,
    `app.js:1:53: ${not("\\p{...} in a regular expression", "ranges of characters")}`,
    `app.js:1:104: ${not("a regular expression of 401 bytes", "several of at most 400")}`,
  ]);
});

test("what only newer JavaScript has, or Node and browsers, in JavaScript", async (t) => {
  const lines = await refusal("newer", {
    "app.js": `export default () => [
      Math.sumPrecise([1]),
      ({}).__defineGetter__("x", () => 1),
      Error.captureStackTrace({}),
      WebAssembly.validate,
      new Map().getOrInsert(1, 2),
      new Uint8Array(2).toHex(),
      Object.groupBy([], String),
    ];`,
  });
  t.deepEqual(lines, [
    `app.js:2:12: ${not("sumPrecise", "reduce")}`,
    `app.js:3:12: ${not("__defineGetter__", "Object.defineProperty")}`,
    `app.js:4:13: ${not("captureStackTrace", "message")}`,
    `app.js:5:7: ${not("WebAssembly", "a function")}`,
    `app.js:6:17: ${not("getOrInsert", "has, get and set")}`,
    `app.js:7:25: ${not("toHex", "toString(16) of each byte")}`,
    `app.js:8:14: ${not("groupBy", "a loop and a Map")}`,
  ]);
});

test("await outside of a function, decorators, and using", async (t) => {
  const lines = await refusal("syntax", {
    "app.ts": `const now = await Promise.resolve(1);\nconst plain = (value: unknown, _: unknown) => value as never;\n@plain class A {}\nexport default () => ({ onVerdict() { using a = null; new A(); return [a, now]; } });`,
  });
  t.deepEqual(
    lines.map((line) => line.split(":").slice(1, 4).join(":")),
    ["1:13: await outside of a function", "3:1: a decorator", "4:39: using"],
  );
});

test("a text that is too long for the node's compiler", async (t) => {
  const script = (count: number): string => `export const x = 1;\nexport default () => "${"ü".repeat(count)}";`;
  t.deepEqual(await refusal("long", { "app.js": script(1001) }), [
    `app.js:2:22: a text of 2002 bytes, the node's compiler takes 2000; join it from parts: [...].join("")`,
  ]);
  t.deepEqual(await refusal("longest", { "app.js": script(1000) }), []);
  const pattern = (count: number): string => `export default () => String(/${"x".repeat(count)}/.test("x"));`;
  t.deepEqual(await refusal("pattern", { "app.js": pattern(399) }), [
    "app.js:1:29: a regular expression of 401 bytes, the node's compiler takes 400; use several",
  ]);
  t.deepEqual(await refusal("shorter", { "app.js": pattern(398) }), []);
});

test("a script that is nested too deeply for the node's compiler", async (t) => {
  const nested = `${"[".repeat(17)}1${"]".repeat(17)}`;
  t.deepEqual(await refusal("deep", { "app.js": `export const x = ${nested};\nexport default () => x;` }), [
    "app.js:1:34: nested 17 levels deep, the node's compiler takes 16; name parts of it",
  ]);
});

test("loam script pack refuses it with exit code 1, and writes nothing", async (t) => {
  const place = write("command", { "app.ts": script(`console.log(1);`) });
  const key = path.join(place, "key.pem");
  await createKeyFile(key);
  const out = path.join(place, "app.lpk");
  const args = ["script", "pack", place, "--key", key, "--out", out];
  const run = await execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false });
  t.is(run.exitCode, 1);
  t.true(run.stderr.includes(`app.ts:5:5: ${not("console", "api.log(text)")}`), run.stderr);
  await t.throwsAsync(() => import("node:fs/promises").then(({ stat }) => stat(out)));
});

test("loam check refuses it in the node's own app script", async (t) => {
  const node = path.join(folder, "node");
  const loam = (cwd: string, ...args: string[]) =>
    execa("node", [path.join(loamRoot, "host-tools/bin/loam.js"), ...args], { reject: false, cwd });
  mkdirSync(folder, { recursive: true });
  t.is((await loam(folder, "init", "node")).exitCode, 0);
  const good = await loam(node, "check");
  t.is(good.exitCode, 0, good.stderr);
  writeFileSync(path.join(node, "app/app.ts"), script(`console.log(1);`));
  const bad = await loam(node, "check");
  t.is(bad.exitCode, 1);
  t.true(bad.stderr.includes(`app/app.ts:5:5: ${not("console", "api.log(text)")}`), bad.stderr);
});
