import { runInNewContext } from "node:vm";

/** Each has one value in Node, in simulation and on the chip. XS of the package has another one of most (host-tools/xs/amended). */
const expressions = [
  ...[
    ["0", "-3"],
    ["-3", "0"],
    ["0", "3"],
    ["-2147483648", "-1"],
    ["-7", "6"],
  ].map(([a, b]) => `[${a}, ${b}].reduce((a, b) => a * b)`),
  ...[
    ["-6", "3"],
    ["-6", "-3"],
    ["6", "-3"],
    ["-2147483648", "-1"],
    ["-7", "3"],
    ["-7", "0"],
  ].map(([a, b]) => `[${a}, ${b}].reduce((a, b) => a % b)`),
  `[1, -1].map((sign) => Math.round(0 * sign).toFixed(1))`,
  String.raw`/a\/b/.source`,
  String.raw`/[\/]\\\d\//g.source`,
  String.raw`String(/\//)`,
  `new RegExp("a/b").source`,
  String.raw`new RegExp("a\n/").source`,
  String.raw`"a/b\\c//d".split(/[\/]/)`,
  String.raw`"2026/11/30".split(/\//, 2)`,
  String.raw`[..."/a/b".matchAll(/\/(\w)/g)].map(([all, one]) => all + one)`,
  `(0.25).toFixed(0)`,
  `(-0.4).toFixed()`,
  `[0, 1.5, 2.5, 1e-10, 123.456].map((x) => x.toFixed(0))`,
  `[0, 0.05, -12].map((x) => x.toFixed(1))`,
  `JSON.stringify([], null, 2)`,
  `JSON.stringify({}, null, "\\t")`,
  `JSON.stringify({ a: [], b: {}, c: [[], [[]], 1, {}], d: [[1]] }, null, 1)`,
  `JSON.stringify({ a: 1, b: [] }, [], 2)`,
  `JSON.stringify({ a: undefined, b: () => 1, c: [undefined] }, null, "[")`,
  `JSON.stringify({ a: { toJSON: () => void JSON.stringify([], null, 1) }, b: [] }, null, 1)`,
  `JSON.stringify([{ toJSON: () => JSON.stringify([[], [1]], null, "{") }, { x: [] }], null, 1)`,
  `JSON.stringify([[], []], null, "  long indentation of more than ten")`,
  ...["%C0%80", "%C1%BF", "%E0%9F%BF", "%ED%A0%80", "%ED%BF%BF", "%F0%8F%BF%BF", "%F4%90%80%80", "%F8%88%80%80%80"].map(
    (text) => `decodeURIComponent("${text}")`,
  ),
  ...["%C2%80", "%E0%A0%80", "%ED%9F%BF", "%EE%80%80", "%41%2F%3f", "%4", "%E2%82", "%zz", "%80", "a%"].flatMap(
    (text) => [`decodeURIComponent("${text}")`, `decodeURI("${text}")`],
  ),
];

/** XS of the SDK (17.7, as it is built for the ESP32) has these, where ECMAScript has others. */
const asSdk: [expression: string, value: string][] = [
  [`JSON.stringify({ a: undefined, b: {} }, null, 1)`, String.raw`{\n \"b\": {}\n}`],
  [`JSON.stringify({ a: undefined }, null, 1)`, String.raw`{\n \n}`],
  [`JSON.stringify({ a: 1, b: {} }, ["b"], 2)`, String.raw`{\n  \"b\": {\n    \n  }\n}`],
  [`JSON.stringify([{ b: 1 }], ["a"], 1)`, String.raw`[\n {\n  \n }\n]`],
  [String.raw`new RegExp("[/]").source`, String.raw`[\\/]`],
  [String.raw`new RegExp("\\\\/").source`, String.raw`\\\\/`],
];
const all = [...expressions, ...asSdk.map(([expression]) => expression)];

/** For each a text; of -0 and what else JSON does not tell, too. */
const values = (list: readonly string[]): string => `[${list.map((each) => `() => ${each}`).join(", ")}].map((each) => {
  try {
    return JSON.stringify(each(), (key, value) => (typeof value === "number" ? (Object.is(value, -0) ? "-0" : String(value)) : value));
  } catch (error) {
    return error.name;
  }
})`;

export const valuesScript = `export default (ask) => { for (const value of ${values(all)}) ask(value); }`;

/** Beside its expression. */
export const saidOf = (list: readonly unknown[]): string[] => all.map((each, at) => `${each} is ${String(list[at])}`);

export const expectedValues = (): unknown[] => [
  ...(runInNewContext(values(expressions)) as unknown[]),
  ...asSdk.map(([, value]) => `"${value}"`),
];
