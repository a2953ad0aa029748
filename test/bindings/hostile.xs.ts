/** Calls every native method in every way that script should not. Prints, as a line of JSON, what did not end as it should; a crash or a sanitizer's report is worse. */
import Flash from "flash";
import Host from "host";
import Timer from "timer";
import { natives, type Method } from "./natives.xs.js";
import { kinds, model, type Kind, type KindName } from "./objects.xs.js";
import { windowFailures } from "./windows.xs.js";

const failures: string[] = [];
let calls = 0;

/** What the error says, with its name; "any" is an error or none. */
type Expected = RegExp | "any" | "works";

/** Of values that take the same way through a method, one in so many is given while garbage is collected: a collection at each allocation is nearly all of the time that this takes. */
const stressedShare = 4;
let alike = 0;
const whileStressed = (): boolean => alike++ % stressedShare === 0;

/** Calls and compares; if `isStressed`, garbage is collected, and what is in XS's heap moved, whenever XS takes memory meanwhile. */
function expect(
  what: string,
  expected: Expected,
  method: Method,
  self: unknown,
  args: unknown[],
  isStressed: boolean,
): unknown {
  let outcome = "worked";
  let result: unknown;
  calls++;
  Host.stress(isStressed);
  try {
    result = method.native.call(self, ...args);
  } catch (error) {
    outcome = error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`;
  }
  Host.stress(false);
  if (
    expected === "any"
      ? outcome.startsWith("threw")
      : expected === "works"
        ? outcome !== "worked"
        : !expected.test(outcome)
  )
    failures.push(`${what}: ${outcome}, ${String(expected)} expected`);
  if (typeof result === "object" && result !== null) Timer.clear(result as never);
  return result;
}

const kindOf = (name: KindName): Kind => kinds[name];

/** `this` of a good call. */
const selfOf = ({ self, state }: Method): object | undefined =>
  self && (state === "bare" ? kindOf(self).bare!() : kindOf(self).make());

/** Cleans up after a call: closes the objects that it used or made. */
function close({ self, object }: Method, it: unknown, args: unknown[]): void {
  if (self && self !== "tensor") kindOf(self).close?.(it as object);
  if (object) kindOf(object).close?.(args[0] as object);
}

function run(
  what: string,
  expected: Expected,
  method: Method,
  change: (self: object, args: unknown[]) => unknown = () => undefined,
  isStressed = true,
): unknown {
  const args = method.args?.() ?? [];
  const self = selfOf(method);
  const other = change(self!, args);
  const result = expect(what, expected, method, other ?? self, args, isStressed);
  if (method.state !== "bare") close(method, self, args);
  return result;
}

/** One object of every class, and values that are no objects. None of them may be changed. */
const others = Object.entries(kinds).map(([name, kind]) => [name, kind.make()] as const);
const strangers = [
  ...others,
  ["nothing", undefined],
  ["number", 5],
  ["object", {}],
  ["buffer", new ArrayBuffer(64)],
  ["function", () => 0],
] as const;

const oddNumbers = [
  NaN,
  Infinity,
  -Infinity,
  -1,
  1.5,
  2147483647,
  2147483648,
  -2147483649,
  4294967296,
  1e300,
  -1e300,
  "text",
  null,
  undefined,
  {},
];
/** Values that are no valid integer argument, and ones that would become valid when truncated to 32 bits. */
const neverWhole = (good: unknown) => [NaN, Infinity, 1.5, 1e300, -1e300, "text", {}, (good as number) + 4294967296];

const ResizableBuffer = ArrayBuffer as unknown as new (
  bytes: number,
  options: { maxByteLength: number },
) => ArrayBuffer;

function detach(it: unknown): void {
  const buffer = it instanceof ArrayBuffer ? it : (it as Uint8Array).buffer;
  if (buffer instanceof ArrayBuffer) Host.detach(buffer);
}

/** Fills the heap, so that what is in it moves when there is garbage to leave out. */
function churn(): void {
  for (let i = 0; i < 4; i++) [`${i}`.repeat(40), new ArrayBuffer(100 + i)].slice();
}

const flash = new Flash("session");
const mapped = flash.map() as unknown as ArrayBuffer;
const closedTensor = kinds.tensor.make();
kinds.tensor.close(closedTensor);
const gone = new ArrayBuffer(64);
detach(gone);
/** Objects that say how many bytes they have, but are no buffers. */
const pretenders = others.filter(([name]) => name !== "tensor" && name !== "resource");
for (const [, object] of pretenders)
  if (!("byteLength" in object)) Object.defineProperty(object, "byteLength", { value: 1 << 20 });

function hostileThis(name: string, method: Method): void {
  const { self } = method;
  if (!self) return;
  for (const [other, object] of strangers)
    if (other !== self)
      run(
        `${name} on a ${other}`,
        /Error: .*(another class|no host object|no host destructor)/,
        method,
        () => object ?? 0,
        whileStressed(),
      );
  if (method.state === "bare") {
    run(`${name} twice`, self === "resource" ? "works" : /TypeError: .*constructed twice/, method, () =>
      kindOf(self).make(),
    );
    return;
  }
  const unconstructed = method.closes ? "works" : /Error: .*closed/;
  if (kindOf(self).bare) run(`${name} unconstructed`, unconstructed, method, () => kindOf(self).bare!());
  if (kindOf(self).close) run(`${name} closed`, unconstructed, method, (it) => kindOf(self).close!(it));
}

function hostileNumbers(name: string, method: Method): void {
  for (const at of [...(method.whole ?? []), ...(method.numbers ?? [])]) {
    const isWhole = method.whole?.includes(at);
    for (const odd of oddNumbers)
      run(`${name}, argument ${at} ${String(odd)}`, "any", method, (_, args) => void (args[at] = odd), whileStressed());
    if (isWhole)
      for (const odd of neverWhole(method.args!()[at]))
        run(
          `${name}, argument ${at} ${String(odd)}`,
          /RangeError: .*whole number/,
          method,
          (_, args) => void (args[at] = odd),
          whileStressed(),
        );
    for (const none of [Symbol("x"), 1n])
      run(
        `${name}, argument ${at} ${typeof none}`,
        /TypeError/,
        method,
        (_, args) => void (args[at] = none),
        whileStressed(),
      );
    const evil = (what: string, expected: Expected, does: (self: object, args: unknown[]) => void) =>
      run(`${name}, argument ${at} ${what}`, expected, method, (self, args) => {
        const good = args[at];
        args[at] = { valueOf: () => (does(self, args), good) };
      });
    evil("that fills the heap", "works", churn);
    evil("that throws", /Error: mine/, () => {
      throw new Error("mine");
    });
    const owner = method.object ?? (method.state === "bare" ? undefined : method.self);
    if (owner && kindOf(owner).close)
      evil("that closes", /closed|no timer/, (self, args) =>
        kindOf(owner).close!(method.object ? (args[0] as object) : self),
      );
    for (const buffer of [...(method.reads ?? []), ...(method.writes ?? [])])
      if (method.args!()[buffer] !== model) {
        run(`${name}, argument ${at} that shrinks argument ${buffer}`, "any", method, (_, args) => {
          const good = args[at];
          const resizable = new ResizableBuffer(4096, { maxByteLength: 4096 });
          args[buffer] = new Uint8Array(resizable);
          args[at] = { valueOf: () => (Host.resize(resizable, 1), good) };
        });
        evil(`that detaches argument ${buffer}`, /TypeError: .*detached/, (_, args) => detach(args[buffer]));
      }
  }
}

function hostileBuffers(name: string, method: Method): void {
  for (const at of [...(method.reads ?? []), ...(method.writes ?? [])]) {
    const give = (what: string, expected: Expected, object: unknown, isStressed = true) =>
      run(`${name}, argument ${at} ${what}`, expected, method, (_, args) => void (args[at] = object), isStressed);
    for (const none of [undefined, null, 5, "text", {}, [], () => 0, new Float32Array(64)])
      give(`${typeof none} ${String(none)}`, /TypeError/, none, whileStressed());
    for (const [other, object] of pretenders) give(`a ${other}`, /Error: /, object, whileStressed());
    give("detached", /TypeError: .*detached/, gone);
    give("detached, a view", /TypeError: .*detached/, detachedView());
    give("shrunk under a view", "any", shrunkView(64, 0));
    give("shrunk under a view of fixed length", "any", shrunkView(64, 8, 56));
    give("shared", "any", new SharedArrayBuffer(64));
    give("shared, a view", "any", new Uint8Array(new SharedArrayBuffer(64), 4));
    give("closed", /Error: /, closedTensor);
    give("empty", /Error: /, new ArrayBuffer(0));
    give("short by a byte", "any", new ArrayBuffer(15));
    if (!method.writes?.includes(at)) continue;
    for (const [what, object] of [
      ["flash", mapped],
      ["a view of flash", new Uint8Array(mapped)],
      ["a DataView of flash", new DataView(mapped)],
      ["a resource", model],
    ] as const)
      give(what, /TypeError: .*read-only/, object);
  }
}

/** A view of `length` bytes, all of which its buffer no longer has. */
function shrunkView(length: number, left: number, fixed?: number): Uint8Array {
  const buffer = new ResizableBuffer(length, { maxByteLength: length });
  const view = new Uint8Array(buffer, 0, fixed);
  Host.resize(buffer, left);
  return view;
}

function detachedView(): Uint8Array {
  const view = new Uint8Array(64);
  detach(view);
  return view;
}

for (const [name, method] of Object.entries(natives)) {
  run(name, "works", method);
  hostileThis(name, method);
  hostileNumbers(name, method);
  hostileBuffers(name, method);
}

// What has no int32_t behind it.
run(
  "a bin that is the largest int32_t",
  /RangeError: .*fft: bin 2147483647, there are 9/,
  natives["xs_fft_bin"]!,
  (_, args) => void (args[0] = 2147483647),
);
// Views in the middle of a number: loads that some CPUs cannot do.
for (const name of ["xs_fft_forward", "xs_fft_power"])
  run(
    `${name} from a view at 1`,
    /RangeError: .*1 bytes into a float/,
    natives[name]!,
    (_, args) => void (args[0] = new Uint8Array(new ArrayBuffer(200), 1)),
  );
run("settings from a view at 1", "works", natives["xs_lora_detect"]!, (_, args) => {
  const copy = new Uint8Array(49);
  copy.set(new Uint8Array(args[0] as ArrayBuffer), 1);
  args[0] = copy.subarray(1);
});
const bytesOfFlash = new Uint8Array(mapped);
for (let i = 0; i < bytesOfFlash.length; i++)
  if (bytesOfFlash[i] !== 0xff) {
    failures.push(`flash was written at ${i}`);
    break;
  }

failures.push(...windowFailures());
trace(`${JSON.stringify({ names: Object.keys(natives), calls, failures })}\n`);
Host.exit(0);
