import test from "ava";
import { parseJson } from "../../host-tools/lib/json.js";

const parse = (text: string): unknown => parseJson(Buffer.from(text), "x.json");

/** Duplicates, and what an error says of them; RFC 8259 section 4: with names that are not unique, what comes out is unpredictable. */
const duplicates: [what: string, text: string, message: string][] = [
  ["at the top", '{\n"a": 1,\n"b": 2,\n"a": 3}', "x.json: a: duplicate key, on lines 2 and 4; expected only once"],
  ["on one line", '{"a": 1, "a": 1}', "x.json: a: duplicate key, on lines 1 and 1; expected only once"],
  [
    "three times, the lines ending as on Windows",
    '{"a": 1,\r\n"a": 2,\r\n\r\n"a": 3}',
    "x.json: a: duplicate key, on lines 1, 2 and 4; expected only once",
  ],
  [
    "in an object in a list",
    '{"list": [\n{"a": 1},\n{"b": {"c": 1,\n"c": 2}}]}',
    "x.json: list[1].b.c: duplicate key, on lines 3 and 4; expected only once",
  ],
  [
    "in a list of objects",
    '[{"a": 1}, {"a": 1,\n"a": 2}]',
    "x.json: [1].a: duplicate key, on lines 1 and 2; expected only once",
  ],
  [
    "written with an escape",
    '{"a": 1,\n"\\u0061": 2}',
    "x.json: a: duplicate key, on lines 1 and 2; expected only once",
  ],
  ["without a name", '{"": 1,\n"": 2}', 'x.json: "": duplicate key, on lines 1 and 2; expected only once'],
  [
    "a name of every object",
    '{"toString": 1,\n"__proto__": 1, "toString": 2}',
    "x.json: toString: duplicate key, on lines 1 and 2; expected only once",
  ],
  [
    "several",
    '{"a": {"b": 1, "b": 2},\n"c": 1,\n"c": 2, "a": 3}',
    `x.json: 3 problems:
  a.b: duplicate key, on lines 1 and 1; expected only once
  c: duplicate key, on lines 2 and 3; expected only once
  a: duplicate key, on lines 1 and 3; expected only once`,
  ],
];
for (const [what, text, message] of duplicates)
  test(`a duplicate key ${what} is refused`, (t) => {
    t.notThrows(() => void JSON.parse(text));
    t.throws(() => parse(text), { name: "UserError", message });
  });

test("the same key in different objects is no duplicate, nor is one in a text", (t) => {
  for (const text of [
    '{"a": {"a": 1}, "b": {"a": {"a": 2}}}',
    '[{"a": 1}, {"a": 2}]',
    '{"a": "\\"a\\": 1", "A": "{a: 1, a: 2}"}',
    "[]",
    "1",
  ])
    t.deepEqual(parse(text), JSON.parse(text));
});

test("what JSON.parse refuses is refused as that, though it has a duplicate key", (t) => {
  for (const text of ['{"a": 1, "a": 2,}', '{"a": 1, /* */ "a": 2}', '{"a": 1, "a": 2'])
    t.throws(() => parse(text), { name: "UserError", message: /^x\.json: not JSON: / });
});

test("nesting without end is an error, no crash", (t) => {
  t.throws(() => parse("[".repeat(200_000) + "]".repeat(200_000)), {
    name: "UserError",
    message: "x.json: nested too deeply",
  });
});
