// Slow: builds XS for the emulated chip
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import ts from "typescript";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip, type ChipOptions } from "../../host-tools/chip/run.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { deepest, mostLevels } from "../../host-tools/script/language/depth.js";
import { mostPatternBytes, mostWordBytes } from "../../host-tools/script/language/words.js";
import { buildHost, runHost, type RunResult } from "../../host-tools/xs/index.js";
import { board, needs } from "../helpers/needs.js";

const times = (text: string, count: number): string => text.repeat(count);

/** Each nests one thing within another of its kind, so often. */
const kinds: Record<string, (count: number) => string> = {
  parentheses: (n) => `${times("(", n)}1${times(")", n)}`,
  arrays: (n) => `${times("[", n)}1${times("]", n)}`,
  objects: (n) => `${times("{a:", n)}1${times("}", n)}`,
  calls: (n) => `${times("Number(", n)}1${times(")", n)}`,
  elements: (n) => `${times("[1][", n)}0${times("]", n)}`,
  conditions: (n) => `${times("1?", n)}1${times(":1", n)}`,
  templates: (n) => `${times("`${", n)}1${times("}`", n)}`,
  arrows: (n) => `${times("()=>(", n)}1${times(")", n)}`,
  functions: (n) => `${times("(function(){return ", n)}1${times("})", n)}`,
  classes: (n) => `${times("class{m(){return ", n)}1${times("}}", n)}`,
  blocks: (n) => `()=>{${times("if(1){", n)}${times("}", n)}}`,
  loops: (n) => `()=>{${times("for(const a of []){", n)}${times("}", n)}}`,
  whiles: (n) => `()=>{${times("while(1){", n)}${times("}", n)}}`,
  tries: (n) => `()=>{${times("try{", n)}${times("}finally{}", n)}}`,
  switches: (n) => `()=>{${times("switch(1){default:", n)}${times("}", n)}}`,
  patterns: (n) => `(${times("[", n)}a${times("]", n)})=>a`,
  callbacks: (n) => `()=>{${times("[1].map((x)=>{if(x){return ", n)}1${times("}})", n)}}`,
  awaits: (n) => `${times("async()=>{for await(const a of []){await (", n)}1${times(")}}", n)}`,
};

const levels = (text: string): number =>
  deepest(ts.createSourceFile("app.js", text, ts.ScriptTarget.ES2022, true)).amount;

/** The deepest of a kind that packing takes. */
function deepestScript(nest: (count: number) => string): string {
  const script = (count: number): string => `const x = ${nest(count)}; export default () => "";`;
  let count = 1;
  while (levels(script(count + 1)) <= mostLevels) count++;
  return script(count);
}

test("levels", (t) => {
  t.is(levels("const a = 1"), 0);
  t.is(levels("a.b().c().d()"), 3);
  t.is(levels("if (a) { for (const b of c) d(e[f]); }"), 1 + 2 + 1 + 1);
  t.is(levels("class A { m() { while (a) { b(); } } }"), 1 + 2 + 1 + 1);
  for (const [name, nest] of Object.entries(kinds)) t.true(levels(deepestScript(nest)) > mostLevels - 4, name);
});

/** One word or text of so many bytes each. */
const words: Record<string, (bytes: number) => string> = {
  string: (n) => `export default () => "${times("x", n)}";`,
  "two-byte letters": (n) => `export default () => "${times("ü", n / 2)}";`,
  template: (n) => `export default () => \`${times("x", n)}\`;`,
  "raw template": (n) => `export default () => String.raw\`${times("\\n", n / 2)}\`;`,
  name: (n) => `const ${times("x", n)} = 1; export default () => "";`,
  "regular expression": (n) => `export default () => String(/${times("x", n)}/.test("x"));`,
};

const program = {
  manifest: path.join(loamRoot, "test/script/manifest.json"),
  main: path.join(loamRoot, "test/script/language.xs.ts"),
};

/** How each script ends. */
async function outcomesOf(
  run: (options: ChipOptions) => Promise<RunResult>,
  texts: readonly string[],
): Promise<string[]> {
  const folder = path.join(buildRoot, "test", `nesting-${process.pid}-${Math.random()}`);
  mkdirSync(folder, { recursive: true });
  const scripts = path.join(folder, "scripts");
  writeFileSync(scripts, JSON.stringify(texts));
  const { exitCode, stderr, lines } = await run({ resources: { scripts }, timeoutMs: 240_000 });
  rmSync(folder, { recursive: true });
  if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stderr} ${lines.join("\n")}`);
  return lines.map((line) => (JSON.parse(line) as { outcome: string }).outcome);
}

needs(board)(
  "the emulated chip compiles what is nested as deeply, and what has as long words, as packing takes",
  async (t) => {
    const chip = await buildChip(program);
    const texts = {
      ...Object.fromEntries(Object.entries(kinds).map(([name, nest]) => [name, deepestScript(nest)])),
      ...Object.fromEntries(
        Object.entries(words).map(([name, word]) => [
          name,
          word(name === "regular expression" ? mostPatternBytes : mostWordBytes),
        ]),
      ),
    };
    const outcomes = await outcomesOf((options) => runChip(chip, options), Object.values(texts));
    t.deepEqual(
      Object.keys(texts).map((name, at) => [name, outcomes[at]]),
      Object.keys(texts).map((name) => [name, "ok"]),
    );
  },
);

needs(board)("a longer word ends a script in the same way on the emulated chip and on the host", async (t) => {
  const chip = await buildChip(program);
  const host = await buildHost(program);
  const texts = Object.values(words).map((word) => word(4096));
  const outcomes = await outcomesOf((options) => runHost(host, options), texts);
  t.deepEqual(await outcomesOf((options) => runChip(chip, options), texts), outcomes);
  t.is(outcomes.length, texts.length);
  t.false(outcomes.includes("ok"));
});
