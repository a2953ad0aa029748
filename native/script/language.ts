/**
 * The language of app scripts: takes from the built-in objects what level1.json does not name. On the chip this runs when the firmware is linked, and
 * all machines share the result in flash; in simulation it runs in each machine before the built-in objects are frozen (host-tools/xs/platform/natives.c).
 */
import { level1 } from "./builtins.js";
import "./syntax.js";

type Table = Record<string, unknown>;

const here = globalThis as unknown as Table;
const prototypeOf = (object: object): object => Object.getPrototypeOf(object) as object;

/** Of a function: what the engine itself gives it. */
const own = ["length", "name", "prototype"];

const namesIn = (text: string): string[] => text.split(" ");

const nameOf = (key: string | symbol): string =>
  typeof key === "symbol" ? `@${String(key.description).slice("Symbol.".length)}` : key;

function keep(object: object, text: string): void {
  const names = namesIn(text);
  for (const key of [...Object.getOwnPropertyNames(object), ...Object.getOwnPropertySymbols(object)]) {
    const name = nameOf(key);
    if (names.includes(name) || (typeof object === "function" && own.includes(name))) continue;
    delete (object as Record<string | symbol, unknown>)[key];
  }
}

const iteratorOf = (iterable: Iterable<unknown>): object => prototypeOf(iterable[Symbol.iterator]());

/** The objects without a global name, by their names in level1.json: constructor, if there is one, and prototype. */
function intrinsicObjects(): Record<string, readonly [object | undefined, object]> {
  const typedArray = prototypeOf(Uint8Array) as { prototype: object };
  const generatorFunction = prototypeOf(function* () {}) as { prototype: object };
  const asyncGeneratorFunction = prototypeOf(async function* () {}) as { prototype: object };
  const arrayIterator = iteratorOf([]);
  return {
    TypedArray: [typedArray, typedArray.prototype],
    Function: [undefined, prototypeOf(Object)],
    ArrayIterator: [undefined, arrayIterator],
    MapIterator: [undefined, iteratorOf(new Map())],
    SetIterator: [undefined, iteratorOf(new Set())],
    StringIterator: [undefined, iteratorOf("")],
    RegExpStringIterator: [undefined, prototypeOf("".matchAll(/./g))],
    Iterator: [undefined, prototypeOf(arrayIterator)],
    AsyncIterator: [undefined, prototypeOf(asyncGeneratorFunction.prototype)],
    AsyncFunction: [undefined, prototypeOf(async () => {})],
    GeneratorFunction: [undefined, generatorFunction],
    Generator: [undefined, generatorFunction.prototype],
    AsyncGeneratorFunction: [undefined, asyncGeneratorFunction],
    AsyncGenerator: [undefined, asyncGeneratorFunction.prototype],
  };
}

function keepMembers(): void {
  const { classes, intrinsics } = level1();
  for (const [name, [statics, prototype]] of Object.entries(classes)) {
    const constructor = here[name] as { prototype: object };
    keep(constructor, statics);
    keep(constructor.prototype, prototype);
  }
  const others = intrinsicObjects();
  for (const [name, [statics, prototype]] of Object.entries(intrinsics)) {
    const [constructor, object] = others[name]!;
    if (constructor) keep(constructor, statics);
    keep(object, prototype);
  }
}

/** Math.random is what tells the SDK's linker from others: it is not taken from Math, but Math has a copy. */
function copyOf(object: object, text: string): object {
  const copy = {};
  const names = namesIn(text);
  for (const key of [...Object.getOwnPropertyNames(object), ...Object.getOwnPropertySymbols(object)])
    if (names.includes(nameOf(key))) Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(object, key)!);
  return Object.freeze(copy);
}

/** What a script finds as global names, but for `globalThis` and `Date`, which each compartment has of its own. */
function makeGlobals(): object {
  const result = Object.create(null) as Table;
  const define = (name: string, value: unknown): void => void Object.defineProperty(result, name, { value });
  const { values, functions, objects, classes } = level1();
  for (const name of [...namesIn(values), ...namesIn(functions), ...Object.keys(classes)])
    if (name !== "globalThis" && name !== "Date") define(name, here[name]);
  keep(JSON, objects["JSON"]!);
  define("JSON", JSON);
  define("Math", copyOf(Math, objects["Math"]!));
  return Object.freeze(result);
}

keepMembers();
const globals = makeGlobals();

/** Takes from a compartment's global object what the language does not have. XS's own Date of a compartment knows no time. */
export function limitGlobals(global: Record<string, unknown>): void {
  const { Date } = global;
  for (const name of Object.getOwnPropertyNames(global))
    if (name !== "globalThis" && Object.getOwnPropertyDescriptor(global, name)!.configurable) delete global[name];
  Object.setPrototypeOf(global, globals);
  Object.defineProperty(global, "Date", { value: Date, writable: true, configurable: true, enumerable: false });
}
