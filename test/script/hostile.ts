/** Scripts that loop, grow, recurse, throw and flood, each with how a machine stops it. */

/** As native/script names them. */
type Outcome = "ok" | "time" | "memory" | "stack" | "exception" | "quota";

export interface MachineRun {
  name: string;
  outcome: Outcome;
  text: string;
  asked: number;
  ms: number;
}

export type Hostile = [name: string, text: string, outcome: Outcome | Outcome[], answer?: string];

const body = (name: string, code: string, outcome: Outcome | Outcome[], answer?: string): Hostile =>
  [name, `export default (ask) => { ${code} }`, outcome, ...(answer === undefined ? [] : [answer])] as Hostile;

/** For a machine of 20,480 bytes and 384 slots of stack, 500 ms, and 1,000 questions. */
export const machineScripts: Hostile[] = [
  body("arithmetic", `return 1 + 1`, "ok", "2"),
  body("a question", `return ask("x")`, "ok", "x!"),
  body(
    "15 KB kept",
    `const kept = []; for (let i = 0; i < 15; i++) kept.push("x".repeat(1000)); return kept.length`,
    "ok",
    "15",
  ),
  body(
    "20 KB kept",
    `const kept = []; for (let i = 0; i < 20; i++) kept.push("x".repeat(1000)); return kept.length`,
    "memory",
  ),
  body(
    "20 KB in turn",
    `let n = 0; for (let i = 0; i < 20; i++) n += "x".repeat(1000).length; return n`,
    "ok",
    "20000",
  ),
  body("20 levels", `const f = (n) => n ? 1 + f(n - 1) : 0; return f(20)`, "ok", "20"),
  body("a long loop", `let n = 0; for (let i = 0; i < 10000; i++) n += i; return n`, "ok", "49995000"),
  body("a loop", `for (;;);`, "time"),
  body("a loop of blocks that throw", `for (;;) try { throw 1 } catch {}`, "time"),
  body("recursion", `const f = () => f() + 1; return f()`, "stack"),
  body("recursion that catches", `for (;;) try { const f = () => f() + 1; f(); } catch {}`, "stack"),
  body("recursion at the end", `const f = () => { try { f() } finally { f() } }; f()`, "stack"),
  body("recursion of toString", `const o = { toString: () => String(o) }; return o`, "stack"),
  body("recursion of a getter", `const o = { get x() { return this.x } }; return o.x`, "stack"),
  body("recursion of a proxy", `const p = new Proxy({}, { get: (t, k) => p[k] }); return p.x`, "stack"),
  body("spread of many arguments", `return Math.max(...new Array(400).fill(1))`, ["memory", "stack"]),
  body("a growing array", `const a = []; for (;;) a.push({})`, "memory"),
  body("a growing string", `let a = "x"; for (;;) a += a`, "memory"),
  body("a growing map", `const m = new Map(); for (let i = 0;; i++) m.set(i, i)`, "memory"),
  body("a growing set", `const m = new Set(); for (let i = 0;; i++) m.add(i)`, "memory"),
  body("a growing buffer", `const b = []; for (;;) b.push(new Uint8Array(512))`, "memory"),
  body("a big buffer", `return new ArrayBuffer(1 << 30)`, "memory"),
  body("many names", `const o = {}; for (let i = 0;; i++) o["k" + i] = 1`, "memory"),
  body("a growing number", `let a = 3n; for (;;) a *= a`, "exception"),
  body("closures", `let f = () => 0; for (;;) { const g = f; f = () => g; }`, "memory"),
  body("repeat", `return "x".repeat(1e9)`, ["memory", "exception"]),
  body("join", `return Array(4294967295).join()`, "memory"),
  body("fill", `return Array(1e9).fill(1)`, "memory"),
  body(
    "JSON of depth",
    `const a = []; let b = a; for (let i = 0; i < 1000; i++) b = b[0] = [b]; return JSON.stringify(a)`,
    ["memory", "stack"],
  ),
  body(
    "a flood of promises",
    `const f = () => { Promise.resolve().then(f); Promise.resolve().then(f); }; f()`,
    "memory",
  ),
  body("an endless chain of promises", `const f = () => Promise.resolve().then(f); f()`, ["memory", "time"]),
  body("an endless async function", `(async () => { for (;;) await 1 })()`, "time"),
  body("a thenable that is its own", `const t = { then(f) { f(t) } }; Promise.resolve(t)`, ["memory", "time"]),
  body("a rejection", `Promise.reject(new Error("no"))`, "exception"),
  body("an async function that throws", `(async () => { throw null })()`, "exception"),
  body("a regular expression", `return /^(a+)+$/.test("a".repeat(40) + "b")`, "time"),
  body("a lazy regular expression", `return /^(a|a|b)*?c$/.test("a".repeat(4000))`, "time"),
  body("a regular expression of lookaheads", `return /^(?=(a+)+$)/.test("a".repeat(40) + "b")`, "time"),
  body("replace", `return "a".repeat(40).concat("b").replace(/(a+)+c/, "x")`, "time"),
  body("an endless generator", `function* g() { for (;;) yield 1 }; for (const x of g());`, "time"),
  body(
    "an iterator of a built-in function",
    `const r = { done: false, value: 1 }; return new Set({ [Symbol.iterator]: () => ({ next: Object.bind(null, r) }) })`,
    "time",
  ),
  body("indexOf", `return Array(4294967295).indexOf(1)`, "time"),
  body("sort", `return Array(4294967295).sort()`, "time"),
  body("reverse", `return Array.prototype.reverse.call({ length: 2 ** 53 - 1 })`, ["memory", "time"]),
  body("an array-like", `return Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)`, "time"),
  body("a toString that loops", `return { toString() { for (;;); } }`, "time"),
  body("a valueOf that loops", `return 1 + { valueOf() { for (;;); } }`, "time"),
  body("a proxy that loops", `const p = new Proxy({}, { get: () => { for (;;); } }); return p.x`, "time"),
  body("a getter that loops", `return Object.defineProperty({}, "x", { get() { for (;;); } }).x`, "time"),
  body("a sort function that loops", `[2, 1].sort(() => { for (;;); })`, "time"),
  body("questions", `for (;;) ask("y")`, "quota"),
  body("a long question", `ask("y".repeat(2000))`, "exception"),
  body("throws", `throw new Error("no")`, "exception"),
  body("throws what has no prototype", `throw Object.create(null)`, "exception"),
  body("throws undefined", `throw undefined`, "exception"),
  body("throws a proxy", `throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })`, "exception"),
  body("throws from toString", `return { toString() { throw 1 } }`, "exception"),
  body(
    "finalizers that throw",
    `const r = new FinalizationRegistry(() => { throw 1 }); for (let i = 0; i < 10; i++) r.register({}, i); for (let i = 0; i < 3000; i++) ({});`,
    ["exception", "ok"],
  ),
  body(
    "finalizers that loop",
    `const r = new FinalizationRegistry(() => { for (;;); }); for (let i = 0; i < 10; i++) r.register({}, i); for (let i = 0; i < 3000; i++) ({});`,
    ["time", "ok"],
  ),
  body("Atomics.wait", `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`, "exception"),
  ["a syntax error", "export default (", "exception"],
  ["no module", "", "exception"],
  ["an import", `import "flash"; export default () => 1`, "exception"],
  ["parentheses", `export default () => ${"(".repeat(20000)}1`, ["exception", "memory", "stack"]],
  ["a loop at the start", `for (;;); export default () => 1`, "time"],
  body("arithmetic, at last", `return 2 + 2`, "ok", "4"),
];
