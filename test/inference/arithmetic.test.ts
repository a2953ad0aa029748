import path from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { buildProgram } from "../../host-tools/board/build.js";
import { run } from "../../host-tools/lib/exec.js";

const programs = {
  "a million random factors, products and float32 operations agree with their definitions": ["arithmetic.c", "1000000"],
  "100,000 random blocks of dot products agree with their definition, the ends of int8 included": ["dots.c", "100000"],
} as const;

for (const [title, [file, rounds]] of Object.entries(programs))
  test(title, async (t) => {
    t.timeout(120_000);
    const source = path.join(path.dirname(fileURLToPath(import.meta.url)), file);
    t.is((await run(await buildProgram("host", source, { optimize: "-O2", sanitize: true }), [])).trim(), rounds);
  });
