// Slow: runs on the emulated chip
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runInNewContext } from "node:vm";
import test, { type ExecutionContext } from "ava";
import { buildChip } from "../../host-tools/chip/image.js";
import { runChip } from "../../host-tools/chip/run.js";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { Random } from "../../host-tools/lib/random.js";
import { refusalOfPattern } from "../../host-tools/script/language/patterns.js";
import { buildHost, runHost, type RunResult } from "../../host-tools/xs/index.js";
import { board, needs } from "../helpers/needs.js";
import { randomPatterns, type Pattern } from "./randomPatterns.js";

const folder = path.join(buildRoot, "test", `patterns-${process.pid}`);
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const program = {
  manifest: path.join(loamRoot, "test/script/manifest.json"),
  main: path.join(loamRoot, "test/script/language.xs.ts"),
};

const isAccepted = ({ source, flags }: Pattern): boolean => refusalOfPattern(source, flags) === undefined;
const pattern = ({ source, flags }: RegExp): Pattern => ({ source, flags });

/** As they are in scripts; each passes, and needs more than a look at whether a group is repeated. */
const useful = [
  /^(?:\d{1,3}\.){3}\d{1,3}$/,
  /^(?:\.\d+){3}$/,
  /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i,
  /^[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i,
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z$/,
  /(["']).*?\1/,
  /<(\w+)>.*<\/\1>/,
  /^(\w+)(?:,(\w+))*$/,
  /(?:(a)|b)*/,
  /(?:(a)|(b)|c)+$/,
  /^(?:a|ab)?c/,
  /^(?:-\d+)?$/,
  /(?:a|ab)*c/,
  /(a)+?b/,
  /(?<first>\w)\k<first>/,
  /(\w)\1/,
  /(?=(a+))a*b\1/,
  /^(?:(?!b).)*$/s,
  /(?<=(\w)\w*)b/,
  /(?:[a-c]{2}){2,}/,
  /\b\w+?\b/,
  /^{[^}]*}$/,
  /[\w.\-]+/,
];

/** XS of the SDK (17.7, its tool xst) makes this of them, where ECMAScript has something else: refused, and the same in simulation and on the chip when they are made of text. */
const asNewer: [pattern: RegExp, input: string, result: (string | null)[] | null][] = [
  [/(a*)*b/, "aab", ["aab", null]],
  [/(?:|a)*/, "aa", [""]],
  [/(a*)*/, "aa", ["aa", null]],
  [/(?:a*|b)*/, "b", [""]],
  [/^(?:a|ab){2}c/, "abac", null],
  [/^(?:\.\d+){3}\d*x/, ".1.23x", [".1.23x"]],
  [/(?:ab??){2}/, "abab", ["ab"]],
  [/^(?:(a)|b)*?$/, "ab", ["ab", "a"]],
];

const inputs = [
  "",
  "a",
  "aa",
  "ab",
  "ba",
  "aab",
  "abab",
  "aaba",
  "abcab",
  "ababc",
  "aaaab",
  "bbaac",
  "abac",
  "a\nb",
  "a1ab",
];
const more = [
  "10.0.255.1",
  "1.2.3",
  ".1.23.4",
  "00:1b:Ff:00:9a:10",
  "-1.5e-3",
  "2026-11-29T22:40:05.5Z",
  `x="a'b"`,
  "<b>x</b>",
  "-1-2",
  "{a}",
];

/** Of each pattern a list: for each input the match with its captures, null, or the error's name. */
const results = (patterns: readonly Pattern[]): string => `(() => {
  const plain = (match) => match && [...match].map((text) => text ?? null);
  const tried = ({ source, flags }, input) => { try { return plain(new RegExp(source, flags).exec(input)); } catch (error) { return error.name; } };
  const inputs = ${JSON.stringify([...inputs, ...more])};
  return ${JSON.stringify(patterns)}.map((pattern) => JSON.stringify(inputs.map((input) => tried(pattern, input))));
})()`;

const chunk = 20;
const passing = [...useful.map(pattern), ...randomPatterns(new Random("patterns"), 220, isAccepted)];
const chunks = Array.from({ length: Math.ceil(passing.length / chunk) }, (_, at) =>
  passing.slice(at * chunk, (at + 1) * chunk),
);
/** XS 13.3 never ends it. */
const endless: (typeof asNewer)[number] = [/(?:a*)?x/, "aab", null];
const single = [endless, ...asNewer].map(
  ([{ source, flags }, input]) =>
    `export default () => JSON.stringify([new RegExp(${JSON.stringify(source)}, "${flags}").exec(${JSON.stringify(input)})].map((match) => match && [...match].map((text) => text ?? null))[0])`,
);

function scripts(name: string): { scripts: string } {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, name);
  const texts = chunks.map((each) => `export default (ask) => { for (const line of ${results(each)}) ask(line); }`);
  writeFileSync(file, JSON.stringify([...texts, ...single]));
  return { scripts: file };
}

/** What each pattern gives. */
const said = (list: readonly Pattern[], lines: readonly string[]): string[] =>
  list.map(({ source, flags }, at) => `/${source}/${flags} ${lines[at]}`);

function check(t: ExecutionContext, run: RunResult): void {
  t.is(run.exitCode, 0, run.stderr);
  const lines = run.lines.map((line) => JSON.parse(line) as { question?: string; outcome?: string; text?: string });
  const given = lines.flatMap(({ question }) => (question === undefined ? [] : [question]));
  const inNode = chunks.flatMap((each) => runInNewContext(results(each)) as string[]);
  t.deepEqual(said(passing, given), said(passing, inNode));
  const ends = lines.filter(({ outcome }) => outcome !== undefined).slice(chunks.length);
  t.deepEqual(
    ends.map(({ outcome, text }, at) => `${String([endless, ...asNewer][at]![0])} ${outcome} ${text}`),
    [endless, ...asNewer].map(([each, , result]) => `${String(each)} ok ${JSON.stringify(result)}`),
  );
}

test("what is matched otherwise than by ECMAScript is refused, and nothing that a script would want", (t) => {
  t.deepEqual(
    useful.filter((each) => !isAccepted(pattern(each))),
    [],
  );
  t.deepEqual(
    asNewer.filter(([each]) => isAccepted(pattern(each))),
    [],
  );
  for (const [each, input, result] of asNewer)
    t.notDeepEqual(
      [...((each.exec(input) ?? []) as (string | undefined)[])].map((text) => text ?? null),
      result ?? [],
      String(each),
    );
});

test("each regular expression that packs matches in simulation what it matches in Node", async (t) => {
  check(t, await runHost(await buildHost(program), { resources: scripts("host") }));
});

needs(board)("and on the emulated chip", async (t) => {
  t.timeout(600_000);
  check(t, await runChip(await buildChip(program), { resources: scripts("chip"), timeoutMs: 400_000 }));
});
