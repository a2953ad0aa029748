import { mostLevels } from "./depth.js";
import { language } from "./list.js";
import { hints } from "./hints.js";
import { mostPatternBytes, mostWordBytes } from "./words.js";

const n = (value: number): string => value.toLocaleString("en-US");
const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(" ");
const named = (names: readonly string[]): string[] =>
  names.filter((name) => !name.startsWith("@") && name !== "constructor");

/** docs/language.md. */
export function languagePage(): string {
  const { level, values, functions, objects, classes, intrinsics } = language;
  const typed = [...classes.keys()].filter((name) => /^(Ui|I|Fl).*Array$/.test(name));
  const errors = [...classes.keys()].filter((name) => name.endsWith("Error"));
  const rows = [...classes].filter(([name]) => !typed.includes(name) && !errors.includes(name));
  const members = (statics: readonly string[], prototype: readonly string[]): string =>
    `${code(named(statics))} | ${code(named(prototype))}`;
  const typedArray = intrinsics.get("TypedArray")!;
  const error = classes.get("Error")!;
  return [
    `# The language of app scripts, level ${level}`,
    "",
    "What a script may use of JavaScript. Nothing else exists on the node and in simulation; `loam script pack`, `loam simulate --script` and `loam check` refuse it beforehand, by file, line and column.",
    "Made of `native/script/level1.json`; `npm run generate` writes this page, the firmware's list, and the types `loam/language`.",
    "",
    "## Syntax",
    "",
    "TypeScript, and JavaScript as of ES2022: classes with private members, destructuring, spread, generators, `async` and `await`, `for await`, template strings, `?.`, `??`, regular expressions",
    "with named groups and look-behind. A module is strict. Not: `eval`, `import()`, `import.meta`, `await` outside of a function, BigInt literals (`1n`), decorators, `using`, `\\p{...}` and the flag `v` in regular expressions.",
    "",
    "XS matches some repetitions in regular expressions otherwise than ECMAScript. They are refused where they are written: of what can match nothing (`(?:a*|b)*`); counted, of what",
    "can match in several ways (`(?:a|ab){2}`; but `(?:\\d{1,3}\\.){3}` passes: its next character decides); lazy, with captures (`(?:(a)|b)*?`); with several ways and a back-reference. So are repeated look-arounds, `[\\w-.]` and octal escapes.",
    "Written is a literal, and a text given to `RegExp`, or to `match`, `matchAll` or `search` of a text, if constants and what is put together of them give it. An expression of texts that are known at run time alone cannot be seen",
    "beforehand: it matches on the node what it matches in simulation, which can be other than in Node. A character beyond U+FFFF is one in it, with the flag `u` or without.",
    "",
    `A script is nested at most ${mostLevels} levels deep: a level is a bracket, a call, a block, a member of a class; a function and a \`for\` ... \`of\` or \`in\` are two. The node's compiler has 20 KB of stack. A name, a number or the text of a string has at most ${n(mostWordBytes)} bytes, a regular expression ${n(mostPatternBytes)}.`,
    "",
    "## Built-in objects",
    "",
    `Values: ${code(values)}. Functions: ${code(functions)}.`,
    "",
    "| object | |",
    "| --- | --- |",
    ...[...objects].map(([name, names]) => `| \`${name}\` | ${code(named(names))} |`),
    "",
    "| class | of the class | of its objects |",
    "| --- | --- | --- |",
    ...rows.map(([name, { statics, prototype }]) => `| \`${name}\` | ${members(statics, prototype)} |`),
    `| ${code(typed)} | ${members(["BYTES_PER_ELEMENT", ...typedArray.statics], typedArray.prototype)} |`,
    `| ${code(errors)} | | ${code(named(error.prototype))} |`,
    "",
    "Objects of `Function` have `apply`, `bind`, `call`, `toString`; generators `next`, `return`, `throw`. `ArrayBuffer.fromString(text)` and `String.fromArrayBuffer(buffer)` are XS's: UTF-8. `Date` is UTC.",
    "`Date.now()`, `new Date()` and `Date()` throw: the time is `api.now()`. Built-in objects are frozen. `name` and `length` of built-in functions are not to be relied upon,",
    "nor are the texts of the engine's errors, and the last digit of what functions of `Math` return: they differ between node and simulation.",
    "In XS, other than in ECMAScript, `toPrecision` can leave out zeros at the end (`(1.5).toPrecision(5)` is `1.500`), `(0.5).toFixed(0)` is no 1, a number of more than 15 digits may be read or written one unit in its",
    'last digit beside it, `parseInt("-0")` is 0, `Date.parse` takes more texts, a character beyond U+FFFF counts one in the `length` and at the places of a text,',
    "`JSON.stringify` with an indentation has an empty line between the braces of an object none of whose values is written, the `source` of `[/]` is `[\\/]`, `localeCompare` returns other numbers than -1 and 1, and",
    "`Math.hypot` is `Infinity` or 0 where the squares are.",
    "",
    "## Instead",
    "",
    "| not there | use |",
    "| --- | --- |",
    ...[...hints].map(([name, hint]) => `| \`${name}\` | ${hint} |`),
    "",
  ].join("\n");
}
