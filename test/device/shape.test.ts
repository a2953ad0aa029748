import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { loamRoot } from "../../host-tools/lib/paths.js";

function filesOf(folder: string, extensions: string[]): string[] {
  return readdirSync(path.join(loamRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => extensions.includes(path.extname(name)))
    .map((name) => path.join(folder, name));
}

const read = (file: string): string => readFileSync(path.join(loamRoot, file), "utf8");

/** Names that a TypeScript file imports or exports from; `import type` too. */
const importsOf = (file: string): string[] =>
  [...read(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1]!);
const includesOf = (file: string): string[] =>
  [...read(file).matchAll(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/gm)].map((match) => match[1]!);

/** The folder that a relative import ends in, relative to the project. */
const targetOf = (file: string, name: string): string => path.join(path.dirname(file), name);

test("device and native import nothing of the host tools, of Node or of npm", (t) => {
  const files = [...filesOf("device", [".ts"]), ...filesOf("native", [".ts"])];
  t.true(files.length > 50);
  for (const file of files) {
    for (const name of importsOf(file)) {
      t.false(name.startsWith("node:"), `${file} imports ${name}`);
      if (name.startsWith(".")) t.regex(targetOf(file, name), /^(device|native)\//, `${file} imports ${name}`);
    }
  }
});

test("native imports nothing of the device", (t) => {
  t.true(filesOf("native", [".ts"]).length >= 3);
  for (const file of filesOf("native", [".ts"]))
    for (const name of importsOf(file))
      if (name.startsWith(".")) t.regex(targetOf(file, name), /^native\//, `${file} imports ${name}`);
});

test("the app script imports only from its own folder", (t) => {
  for (const file of filesOf("device/app", [".ts"]))
    for (const name of importsOf(file))
      t.true(
        name.startsWith("./") && path.dirname(targetOf(file, name)).startsWith("device/app"),
        `${file} imports ${name}`,
      );
});

test("only bindings include headers of XS; a C core allocates nothing", (t) => {
  const files = filesOf("native", [".c", ".h", ".cc"]);
  t.true(files.length > 20);
  for (const file of files) {
    const isBinding = file.endsWith("Binding.c");
    for (const header of includesOf(file))
      if (!file.includes("/esp32/") && /^(xs|xsmc|xsPlatform|xsAll|mc\.xs)\.h$/.test(header))
        t.true(isBinding, `${file} includes ${header}`);
    // A chip family's HAL (exempt from both rules) talks to its operating system, the tflm backend to its library; a fuzzer is a program, not a core.
    if (!isBinding && !/\/(esp32|tflm|fuzz)\/|[fF]uzz\w*\.c$/.test(file))
      t.notRegex(read(file), /\b(malloc|calloc|realloc|alloca)\s*\(/, `${file} allocates`);
  }
});

test("main.ts, node.ts and base.ts only wire parts together: no loops, no classes, no arithmetic on samples", (t) => {
  for (const file of ["main", "node", "base"]) {
    const text = read(`device/${file}.ts`).replace("export class Base {", "");
    t.notRegex(text, /\b(for|while|class|switch)\b\s*[({A-Z]/, file);
    t.true(text.split("\n").length < 200, file);
  }
});

test("files are small", (t) => {
  for (const file of [
    ...filesOf("device", [".ts"]),
    ...filesOf("native", [".ts", ".c", ".h"]),
    ...filesOf("host-tools/features", [".ts"]),
    ...filesOf("host-tools/simulate", [".ts"]),
  ]) {
    // Tables of constants are as long as they are, and so is what is made from other files.
    if (
      !/Table\.c$|[Tt]ables?\.h$/.test(file) &&
      !/^\/\*\*? (.* Generated from|Made by `npm run generate` from) /.test(read(file))
    )
      t.true(read(file).split("\n").length <= 350, `${file} is longer than 350 lines`);
  }
});
