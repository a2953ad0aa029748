import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { buildProgram } from "../../host-tools/board/build.js";
import { run } from "../../host-tools/lib/exec.js";

test("a million random factors, products and float32 operations agree with their definitions", async (t) => {
  t.timeout(120_000);
  const source = path.join(path.dirname(fileURLToPath(import.meta.url)), "arithmetic.c");
  t.is((await run(await buildProgram("host", source, { optimize: "-O2" }), [])).trim(), "1000000");
});
