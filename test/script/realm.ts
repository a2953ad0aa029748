import { language } from "../../host-tools/script/language/list.js";

/**
 * A script that says of each object that it can reach, from its global object and from syntax, the path to it and its keys; of a function only what it has besides what the
 * engine gives it.
 */
export const walk = `
const seen = new Set();
const keyOf = (key) => typeof key === "symbol" ? "@" + key.description.slice(7) : key;
const plain = ["length", "name", "prototype"];
export default (ask) => {
  const visit = (path, object) => {
    if (object === null || (typeof object !== "object" && typeof object !== "function") || seen.has(object)) return;
    seen.add(object);
    const isFunction = typeof object === "function";
    const keys = [];
    for (const list of [Object.getOwnPropertyNames(object), Object.getOwnPropertySymbols(object)])
      for (const key of list) if (!isFunction || !plain.includes(key)) keys.push(keyOf(key));
    if (keys.length) ask(path + " " + keys.sort().join(" "));
    for (const list of [Object.getOwnPropertyNames(object), Object.getOwnPropertySymbols(object)])
      for (const key of list) {
        if (keyOf(key) === "@unscopables") continue; // names for \`with\`
        const { value, get, set } = Object.getOwnPropertyDescriptor(object, key);
        const next = path + "." + keyOf(key);
        visit(next, value);
        visit(next + "<get>", get);
        visit(next + "<set>", set);
      }
    visit(path + ".__proto__", Object.getPrototypeOf(object));
  };
  const protoOf = Object.getPrototypeOf;
  seen.add(protoOf(globalThis)).add(globalThis);
  ask("globalThis " + Object.getOwnPropertyNames(globalThis).concat(Object.getOwnPropertyNames(protoOf(globalThis))).filter((name, at, all) => all.indexOf(name) === at).sort().join(" "));
  for (const name of Object.getOwnPropertyNames(protoOf(globalThis))) visit(name, globalThis[name]);
  visit("Date", Date);
  visit("TypedArray", protoOf(Uint8Array));
  visit("Function", protoOf(Object));
  visit("ArrayIterator", protoOf([][Symbol.iterator]()));
  visit("MapIterator", protoOf(new Map()[Symbol.iterator]()));
  visit("SetIterator", protoOf(new Set()[Symbol.iterator]()));
  visit("StringIterator", protoOf(""[Symbol.iterator]()));
  visit("RegExpStringIterator", protoOf("".matchAll(/./g)));
  visit("AsyncFunction", protoOf(async () => {}));
  visit("GeneratorFunction", protoOf(function* () {}));
  visit("AsyncGeneratorFunction", protoOf(async function* () {}));
};
`;

/** What `walk` says by the list: keys of each object, in no order of the objects. */
export function expectedRealm(): string[] {
  const { values, functions, objects, classes, intrinsics } = language;
  const sorted = (keys: readonly string[]): string => [...new Set(keys)].sort().join(" ");
  const members = [...classes.values(), ...intrinsics.values()].flatMap(({ statics, prototype }) => [
    statics,
    prototype,
  ]);
  return [
    sorted([...values, ...functions, ...objects.keys(), ...classes.keys()]),
    ...[...objects.values(), ...members].filter((keys) => keys.length > 0).map(sorted),
  ].sort();
}
