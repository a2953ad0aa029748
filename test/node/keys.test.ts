import test from "ava";
import { pathText } from "../../host-tools/lib/jsonPath.js";
import { nearest } from "tfjs-to-tflite/lib/nearest.js";
import { shows } from "../lorawan/secrets.js";
import { example, objectsIn, problemsOf, put, valuesIn } from "./descriptions.js";

/** Their keys are names of the node's own. */
const isFree = (way: string[]): boolean => way.join(".").startsWith("app.rules");
const pathOf = (way: string[]): string => pathText(way.map((key) => (/^\d+$/.test(key) ? Number(key) : key)));

test("an unknown key is refused in every object of the description, and the nearest known one is suggested", (t) => {
  const objects = objectsIn(example()).filter((way) => !isFree(way));
  t.true(objects.length > 20, String(objects.length));
  for (const way of objects) {
    const owner = way.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], example()) as object;
    const description = example();
    put(description, [...way, "zzzzzz"], 1);
    t.regex(
      problemsOf(description).join("\n"),
      new RegExp(`^${escape(pathOf([...way, "zzzzzz"]))}: 1, but there is no such key\\. Known: `, "m"),
    );
    for (const key of Object.keys(owner).filter((name) => name.length > 3)) {
      for (const misspelt of misspellings(key)) {
        const wrong = example();
        put(wrong, [...way, misspelt], (owner as Record<string, unknown>)[key]);
        put(wrong, [...way, key], undefined);
        t.true(
          problemsOf(wrong).some((problem) => problem.includes(`did you mean "${key}"?`)),
          `${pathOf(way)}: ${misspelt}`,
        );
      }
    }
  }
});

/** Misspellings: a letter doubled, left out, replaced, and two swapped. */
const misspellings = (key: string): string[] => [
  `${key.slice(0, 3)}${key.slice(2)}`,
  `${key.slice(0, 2)}${key.slice(3)}`,
  `${key.slice(0, 2)}q${key.slice(3)}`,
  `${key.charAt(1)}${key.charAt(0)}${key.slice(2)}`,
];

test("a key that a JavaScript object cannot hold (__proto__) is refused, not lost", (t) => {
  for (const way of ["app.rules", "app.rules.dry", "radio", "sensors.0.hardware"]) {
    const description = example();
    const owner = way.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], description);
    Object.defineProperty(owner, "__proto__", { value: {}, enumerable: true });
    const said = problemsOf(description).join("\n");
    t.true(said.includes(`${pathOf(way.split("."))}.__proto__: {}, expected another name`), said);
  }
});

const escape = (text: string): string => text.replace(/[[\]$.]/g, "\\$&");

test("suggestions: the nearest name", (t) => {
  for (const [name, known, expected] of [
    ["treshold", ["threshold", "decisionSeconds"], "threshold"],
    ["vavle", ["valve", "pump"], "valve"],
    ["rnage", ["name", "range"], "range"],
    ["rage", ["range", "rate"], "range"],
    ["appkey", ["appKey", "board"], "appKey"],
    ["arena", ["arenaBytes"], "arenaBytes"],
    ["x", ["y"], undefined],
    ["colour", ["name", "unit", "rate"], undefined],
    ["pump", [], undefined],
  ] as const)
    t.is(nearest(name, known), expected, name);
});

const appKey = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
const secrets: [what: string, value: unknown][] = [
  ["as text", appKey],
  ["with separators", appKey.replace(/../g, "$&:")],
  ["in capitals with blanks", appKey.toUpperCase().replace(/../g, "$& ")],
  ["as bytes of C", `{ ${appKey.replace(/../g, "0x$&, ")} }`],
  ["as a string of C", appKey.replace(/../g, "\\x$&")],
  ["as texts of bytes", appKey.match(/../g)!.map((byte) => `0x${byte}`)],
  ["as bytes", [...Buffer.from(appKey, "hex")]],
  ["in an object", { key: appKey, bytes: [...Buffer.from(appKey, "hex")] }],
];

for (const [what, value] of secrets) {
  test(`an AppKey in a wrong place, ${what}: no error shows it`, (t) => {
    for (const way of valuesIn(example())) {
      const description = example();
      put(description, way, value);
      t.false(shows(problemsOf(description).join("\n"), [appKey]), pathOf(way));
    }
    for (const way of objectsIn(example())) {
      const description = example();
      put(description, [...way, "lora"], value);
      if (typeof value === "string") put(description, [...way, value], 1);
      const said = problemsOf(description).join("\n");
      t.not(said, "", pathOf(way));
      t.false(shows(said, [appKey]), pathOf(way));
    }
  });
}
