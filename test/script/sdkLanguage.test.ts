// Slow: needs the Moddable SDK, and links with it
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { transform } from "esbuild";
import { execa } from "execa";
import { buildRoot, loamRoot } from "../../host-tools/lib/paths.js";
import { globalNames, language } from "../../host-tools/script/language/list.js";
import { findSdk } from "../../host-tools/xs/mcconfig.js";
import { mcconfig, needs } from "../helpers/needs.js";

const folder = path.join(buildRoot, "test", "sdk-language");
const modules = ["language", "builtins", "syntax"];

/** Says, by an error that the linker prints, what is left of the built-in objects. */
const probe = `
const key = (name) => typeof name === "symbol" ? "@" + name.description.slice(7) : name;
const rows = [];
const list = (name, object) => rows.push("= " + [name, ...[...Object.getOwnPropertyNames(object), ...Object.getOwnPropertySymbols(object)].map(key)].join(" "));
for (const name of ${JSON.stringify([...language.classes.keys()])}) {
  list(name, globalThis[name]);
  list(name + ".prototype", globalThis[name].prototype);
}
list("TypedArray", Object.getPrototypeOf(Uint8Array));
list("TypedArray.prototype", Object.getPrototypeOf(Uint8Array).prototype);
list("Iterator.prototype", Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
throw new Error(rows.join("\\n") + "\\n");
`;

/** Links the language's modules, and others, with the SDK's linker. @returns what it has printed */
async function link(...others: string[]): Promise<string> {
  const { tools } = findSdk("lin");
  const all = [...modules, ...others];
  for (const name of ["mc.xs.c", "mc.xs.h", "mc.xsi"]) rmSync(path.join(folder, name), { force: true });
  for (const name of all)
    await execa(path.join(tools, "xsc"), ["-r", name, "-e", `${name}.js`, "-o", "."], { cwd: folder });
  const preloads = all.filter((name) => name !== "main").flatMap((name) => ["-p", name]);
  const scripts = all.map((name) => `${name}.xsb`);
  const { stdout, stderr } = await execa(
    path.join(tools, "xsl"),
    ["-b", ".", "-o", ".", ...preloads, "-s", "*", ...scripts],
    { cwd: folder, reject: false },
  );
  return stdout + stderr;
}

needs(mcconfig).serial(
  "XS of the SDK has what the list names, and nothing else, when its linker has run",
  async (t) => {
    mkdirSync(folder, { recursive: true });
    for (const name of modules) {
      const { code } = await transform(readFileSync(path.join(loamRoot, "native/script", `${name}.ts`), "utf8"), {
        loader: "ts",
        target: "es2022",
      });
      writeFileSync(path.join(folder, `${name}.js`), code);
    }
    writeFileSync(path.join(folder, "probe.js"), probe);
    writeFileSync(path.join(folder, "main.js"), "export default function () {}");
    const rows = [...(await link("probe")).matchAll(/= (.*)$/gm)].map(([, row]) => row!.split(" "));
    const left = new Map(rows.map(([name, ...names]) => [name!, new Set(names)]));
    const typed = language.intrinsics.get("TypedArray")!;
    const iterator = language.intrinsics.get("Iterator")!;
    for (const [name, { statics, prototype }] of [...language.classes, ["TypedArray", typed] as const]) {
      const wanted = new Set(statics);
      const found = [...left.get(name)!].filter((key) => !["length", "name", "prototype"].includes(key));
      t.deepEqual(found.sort(), [...wanted].sort(), name);
      t.deepEqual([...left.get(`${name}.prototype`)!].sort(), [...new Set(prototype)].sort(), `${name}.prototype`);
    }
    t.deepEqual([...left.get("Iterator.prototype")!].sort(), [...iterator.prototype].sort());
  },
);

/** Names that the list has, too, of objects that a script does not reach: the linker leaves these out. */
const unreachable = {
  Atomics: ["add"],
  Compartment: ["globalThis"],
  BigInt: ["fromArrayBuffer", "toString", "valueOf"],
  Reflect: [
    ...["apply", "defineProperty", "get", "getOwnPropertyDescriptor", "getPrototypeOf", "has", "isExtensible"],
    ...["preventExtensions", "set", "setPrototypeOf"],
  ],
  SharedArrayBuffer: ["byteLength", "slice"],
};

needs(mcconfig).serial("the SDK's linker keeps each built-in function that a script can reach", async (t) => {
  await link("main");
  const text = readFileSync(path.join(folder, "mc.xs.c"), "utf8");
  const members = [...language.classes.values(), ...language.intrinsics.values()];
  const names = new Set([
    ...globalNames,
    ...[...language.objects.values()].flat(),
    ...members.flatMap(({ statics, prototype }) => [...statics, ...prototype]),
  ]);
  const builders = [...text.matchAll(/^\t\{ (fx\w+), -?\d+, (?:xsID_)?(\w+)/gm)];
  t.true(builders.length > 500);
  const leftOut = builders.flatMap(([, code, name]) => (code === "fxDeadStrip" && names.has(name!) ? [name!] : []));
  t.deepEqual(leftOut.sort(), Object.values(unreachable).flat().sort());
  // What syntax needs: only BigInt is left out.
  const stubs = new Set([...text.matchAll(/\bfx\w*DeadStrip\b/g)].map(([name]) => name));
  t.deepEqual([...stubs].sort(), [
    "fxBigIntDecodeDeadStrip",
    "fxDeadStrip",
    "fxToBigInt64DeadStrip",
    "fxToBigUint64DeadStrip",
  ]);
});
